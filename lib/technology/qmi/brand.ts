/** Brands of networks by MCC and MNC. Pure. */

/** 'PLMN;brand', sorted by PLMN; the larger networks. Source: ITU-T E.212 assignments and the operators' own names. */
const BRANDS = `20201;Cosmote
20205;Vodafone
20404;Vodafone
20408;KPN
20416;T-Mobile
20601;Proximus
20610;Orange
20620;Base
20801;Orange
20810;SFR
20815;Free
20820;Bouygues
21401;Vodafone
21403;Orange
21407;Movistar
21630;Telekom
22201;TIM
22210;Vodafone
22288;WindTre
22601;Vodafone
22610;Orange
22801;Swisscom
22802;Sunrise
22803;Salt
23001;T-Mobile
23002;O2
23003;Vodafone
23201;A1
23203;Magenta
23205;3
23410;O2
23415;Vodafone
23420;3
23430;EE
23801;TDC
23802;Telenor
24001;Telia
24002;3
24007;Tele2
24008;Telenor
24201;Telenor
24202;Telia
24405;Elisa
24412;DNA
24491;Telia
25001;MTS
25002;MegaFon
25099;Beeline
26001;Plus
26002;T-Mobile
26003;Orange
26006;Play
26201;Telekom
26202;Vodafone
26203;O2
26801;Vodafone
26803;NOS
26806;MEO
27201;Vodafone
27202;3
28601;Turkcell
28602;Vodafone
302220;Telus
302610;Bell
302720;Rogers
310004;Verizon
310010;Verizon
310012;Verizon
310030;AT&T
310070;AT&T
310120;Sprint
310150;AT&T
310160;T-Mobile
310170;AT&T
310200;T-Mobile
310210;T-Mobile
310220;T-Mobile
310230;T-Mobile
310240;T-Mobile
310250;T-Mobile
310260;T-Mobile
310270;T-Mobile
310280;AT&T
310310;T-Mobile
310380;AT&T
310410;AT&T
310490;T-Mobile
310560;AT&T
310580;T-Mobile
310660;T-Mobile
310800;T-Mobile
311480;Verizon
311580;U.S. Cellular
313100;FirstNet
334020;Telcel
334050;AT&T
40445;Airtel
405857;Jio
42501;Partner
42502;Cellcom
44010;NTT docomo
44011;Rakuten Mobile
44020;SoftBank
44050;au
45005;SKTelecom
45006;LG U+
45008;KT
46000;China Mobile
46001;China Unicom
46011;China Telecom
50501;Telstra
50502;Optus
50503;Vodafone
52501;Singtel
52503;M1
52505;StarHub
53001;One NZ
53005;Spark
53024;2degrees
65501;Vodacom
65510;MTN
72402;TIM
72405;Claro
72406;Vivo
722310;Claro
73001;Entel`

const BRAND_OF: ReadonlyMap<string, string> = new Map(
  BRANDS.split('\n').map((line) => line.split(';') as [string, string]),
)

/** The brand of a network; null where it is not listed. */
export function brandOf(mcc: string, mnc: string): string | null {
  return BRAND_OF.get(mcc + mnc) ?? null
}
