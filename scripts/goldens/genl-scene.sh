#!/bin/bash
# genl-scene.sh CAPTURE OUT: sets a scene of WireGuard devices and simulated radios, captures what the kernel says of it into
# OUT/*.bin, and what wg, iw and wpa_cli say at the same moment into OUT/*.txt. Runs as root in a virtual machine (test/vm),
# called by genl.mjs. All keys and passwords are of these tests.
set -euo pipefail
capture=$1 out=$2
work=/run/genl-scene
mkdir -p "$work"
cd "$work"

# The key with that number: the same in every capture, and known to be of a test.
key() { printf 'vintage-net test key %s' "$1" | openssl dgst -sha256 -binary | base64; }
# Waits until the command succeeds, at most 30 s.
await() {
  local until=$((SECONDS + 30))
  until "$@"; do
    if [ $SECONDS -gt $until ]; then echo "never: $*" >&2; return 1; fi
    sleep 0.1
  done
}

wireguard_scene() {
  ip netns add far
  ip link add v0 type veth peer name v1 netns far
  ip addr add 192.0.2.1/24 dev v0 && ip link set v0 up
  ip -n far addr add 192.0.2.2/24 dev v1 && ip -n far link set v1 up && ip -n far link set lo up
  for i in 1 2 3 4 5; do key $i >key$i; wg pubkey <key$i >pub$i; done
  ip link add wg0 type wireguard
  ip -n far link add wg0 type wireguard
  wg set wg0 private-key key1 listen-port 51820 fwmark 0x2a \
    peer "$(cat pub2)" preshared-key key5 endpoint 192.0.2.2:51821 persistent-keepalive 25 allowed-ips 198.51.100.2/32,2001:db8:1::/48 \
    peer "$(cat pub3)" endpoint '[2001:db8::3]:1234' allowed-ips 203.0.113.0/24 \
    peer "$(cat pub4)" endpoint '[fe80::4%v0]:4444'
  ip netns exec far wg set wg0 private-key key2 listen-port 51821 \
    peer "$(cat pub1)" preshared-key key5 allowed-ips 198.51.100.1/32
  ip addr add 198.51.100.1/24 dev wg0 && ip link set wg0 up
  ip -n far addr add 198.51.100.2/24 dev wg0 && ip -n far link set wg0 up
  ping -q -c 1 -W 5 198.51.100.2 >/dev/null
  wg set wg0 peer "$(cat pub2)" persistent-keepalive 0
  "$capture" wireguard wg0 >"$out/wireguard.bin"
  wg show wg0 dump >"$out/wireguard.txt"
  ip link add wg1 type wireguard
  "$capture" wireguard wg1 >"$out/wireguard-new.bin"
  wg show wg1 dump >"$out/wireguard-new.txt"
  # Our own encoder, over several requests; a peer's addresses go on in the next message.
  ip link add wg2 type wireguard
  "$capture" set-wireguard wg2 3 200
  "$capture" wireguard wg2 >"$out/wireguard-many.bin"
  wg show wg2 dump >"$out/wireguard-many.txt"
  "$capture" family wireguard >"$out/family-wireguard.bin"
  genl ctrl get name wireguard >"$out/family-wireguard.txt"
}

# One BSS of hostapd's; the first line of each names it.
bss() {
  local kind=$1
  if [ "$kind" != open ]; then printf '\nbss=ap-%s\nbssid=02:00:00:00:a0:%02x\n' "$kind" "$2"; fi
  printf 'ssid=vn-%s\n' "$kind"
  case $kind in
    open) ;;
    wpa2) printf 'wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_passphrase=password123\nwps_state=2\neap_server=1\n' ;;
    wpa) printf 'wpa=3\nwpa_key_mgmt=WPA-PSK\nwpa_pairwise=TKIP CCMP\nrsn_pairwise=CCMP\nwpa_passphrase=password123\n' ;;
    sae) printf 'wpa=2\nwpa_key_mgmt=SAE\nrsn_pairwise=CCMP\nsae_password=password123\nieee80211w=2\nsae_pwe=2\n' ;;
    mixed) printf 'wpa=2\nwpa_key_mgmt=WPA-PSK SAE\nrsn_pairwise=CCMP\nwpa_passphrase=password123\nieee80211w=1\n' ;;
    owe) printf 'wpa=2\nwpa_key_mgmt=OWE\nrsn_pairwise=CCMP\nieee80211w=2\n' ;;
    eap) printf 'wpa=2\nwpa_key_mgmt=WPA-EAP WPA-EAP-SHA256\nrsn_pairwise=CCMP\nieee8021x=1\nauth_server_addr=192.0.2.2\nauth_server_shared_secret=test\n' ;;
    hidden) printf 'wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_passphrase=password123\nignore_broadcast_ssid=1\n' ;;
  esac
}

access_points() {
  local number=0 kind
  printf '%s\n' interface=wlan1 driver=nl80211 hw_mode=g channel=6 ieee80211n=1 wmm_enabled=1 country_code=DE ieee80211d=1 >hostapd.conf
  for kind in open wpa2 wpa sae mixed owe eap hidden; do
    bss $kind $number >>hostapd.conf
    number=$((number + 1))
  done
  ip netns add air
  iw phy "$(cat /sys/class/net/wlan1/phy80211/name)" set netns name air
  ip -n air link set lo up
  ip netns exec air hostapd -B -P hostapd.pid -f hostapd.log hostapd.conf >/dev/null || { tail -20 hostapd.log >&2; return 1; }
}

wifi_scene() {
  modprobe mac80211_hwsim radios=2
  iw reg set DE
  mkfifo hold && exec 8<>hold
  "$capture" events scan mlme config regulatory <hold >"$out/wireless-events.bin" 2>events.log &
  local events=$!
  await grep -q listening events.log
  "$capture" set-reg US
  await sh -c 'iw reg get | grep -q "country US"'
  "$capture" set-reg DE
  await sh -c 'iw reg get | grep -q "country DE"'
  "$capture" wiphy >"$out/wiphy.bin"
  iw phy phy0 info >"$out/wiphy.txt"
  "$capture" reg >"$out/reg.bin"
  iw reg get >"$out/reg.txt"
  access_points
  ip link set wlan0 up
  iw dev wlan0 interface add spare0 type managed
  iw dev spare0 del
  printf 'ctrl_interface=%s/wpa\nnetwork={\nssid="vn-wpa2"\nscan_freq=2437\nkey_mgmt=WPA-PSK\npsk="password123"\n}\n' "$work" >station.conf
  wpa_supplicant -B -P station.pid -f station.log -i wlan0 -D nl80211 -c station.conf >/dev/null
  await sh -c 'wpa_cli -p wpa -i wlan0 status | grep -q wpa_state=COMPLETED'
  "$capture" trigger-scan wlan0 2437
  # The supplicant hears of anybody's results; its table then has all of them.
  await sh -c 'wpa_cli -p wpa -i wlan0 scan_results | grep -q vn-eap'
  "$capture" scan wlan0 >"$out/scan.bin"
  iw dev wlan0 scan dump >"$out/scan.txt"
  wpa_cli -p wpa -i wlan0 scan_results | tail -n +2 >"$out/scan-flags.txt"
  await station_at_rest
  "$capture" interface >"$out/interface.bin"
  iw dev >"$out/interface.txt"
  "$capture" family nl80211 >"$out/family-nl80211.bin"
  genl ctrl get name nl80211 >"$out/family-nl80211.txt"
  wpa_cli -p wpa -i wlan0 disconnect >/dev/null
  await sh -c 'iw dev wlan0 link | grep -q "Not connected"'
  echo >&8
  wait "$events"
}

# What is compared must be the same before and after our own question.
station_at_rest() {
  local before after
  before=$(iw dev wlan0 station dump)
  "$capture" station wlan0 >"$out/station.bin"
  after=$(iw dev wlan0 station dump)
  printf '%s\n' "$after" >"$out/station.txt"
  # Every beacon counts as received.
  local moving='inactive time|connected time|associated at|current time|beacon|rx bytes|rx packets|rx drop|signal|rx bitrate'
  [ "$(grep -vE "$moving" <<<"$before")" = "$(grep -vE "$moving" <<<"$after")" ]
}

wireguard_scene
wifi_scene
