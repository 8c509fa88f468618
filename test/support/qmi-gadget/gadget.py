"""A modem of USB for the kernel's own driver: a FunctionFS gadget that qmi_wwan binds to.

gadget.py TUN: what the host sends as encapsulated commands is a line of hexadecimal digits on standard output each; lines on
standard input are the modem's answers. Packets go to and come from the link TUN of the present network namespace. Ends, and
takes the gadget away, with standard input.

The layout is that of <linux/usb/functionfs.h>; what the host asks of a control channel is CDC's, as for WDM 1.1.
"""

import collections
import ctypes
import errno
import fcntl
import os
import struct
import sys
import threading

CONFIGFS = '/sys/kernel/config'
GADGET = CONFIGFS + '/usb_gadget/qmi'
FFS = '/run/qmi-gadget-ffs'
# Of a Quectel EC25: vendor specific interfaces with three endpoints are taken, whatever their number.
VENDOR, PRODUCT = '0x2c7c', '0x0125'
libc = ctypes.CDLL(None, use_errno=True)


def mount(kind, source, target):
    os.makedirs(target, exist_ok=True)
    if libc.mount(source.encode(), target.encode(), kind.encode(), 0, None) != 0:
        code = ctypes.get_errno()
        if code != errno.EBUSY:
            raise OSError(code, os.strerror(code), target)


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def descriptors():
    def endpoints(bulk_bytes, interval):
        return (
            struct.pack('<BBBBHB', 7, 5, 0x81, 3, 16, interval)
            + struct.pack('<BBBBHB', 7, 5, 0x82, 2, bulk_bytes, 0)
            + struct.pack('<BBBBHB', 7, 5, 0x03, 2, bulk_bytes, 0)
        )

    interface = struct.pack('<9B', 9, 4, 0, 0, 3, 0xFF, 0xFF, 0xFF, 0)
    full, high = interface + endpoints(64, 10), interface + endpoints(512, 7)
    flags = 1 | 2  # full speed, high speed
    return struct.pack('<5I', 3, 20 + len(full) + len(high), flags, 4, 4) + full + high


def make_gadget():
    if not os.path.isdir(CONFIGFS + '/usb_gadget'):
        mount('configfs', 'none', CONFIGFS)
    os.makedirs(GADGET, exist_ok=True)
    write(GADGET + '/idVendor', VENDOR)
    write(GADGET + '/idProduct', PRODUCT)
    os.makedirs(GADGET + '/strings/0x409', exist_ok=True)
    write(GADGET + '/strings/0x409/serialnumber', '1')
    os.makedirs(GADGET + '/configs/c.1', exist_ok=True)
    os.makedirs(GADGET + '/functions/ffs.qmi', exist_ok=True)
    if not os.path.islink(GADGET + '/configs/c.1/ffs.qmi'):
        os.symlink(GADGET + '/functions/ffs.qmi', GADGET + '/configs/c.1/ffs.qmi')
    mount('functionfs', 'qmi', FFS)


def remove_gadget():
    steps = [lambda: write(GADGET + '/UDC', '\n'), lambda: os.unlink(GADGET + '/configs/c.1/ffs.qmi')]
    for path in ('/configs/c.1', '/functions/ffs.qmi', '/strings/0x409', ''):
        steps.append(lambda path=path: os.rmdir(GADGET + path))
    for step in steps:
        try:
            step()
        except OSError as problem:
            # The next gadget takes what is left.
            print('removing the gadget:', problem, file=sys.stderr)
    libc.umount2(FFS.encode(), 2)


def open_tun(name):
    tun = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(tun, 0x400454CA, struct.pack('16sH22x', name.encode(), 0x0001 | 0x1000))
    return tun


answers = collections.deque()
tun = open_tun(sys.argv[1])
make_gadget()
ep0 = os.open(FFS + '/ep0', os.O_RDWR)
os.write(ep0, descriptors())
os.write(ep0, struct.pack('<4I', 2, 16, 0, 0))
notify, send, receive = (os.open(FFS + '/ep%d' % at, os.O_RDWR) for at in (1, 2, 3))
write(GADGET + '/UDC', os.listdir('/sys/class/udc')[0])


def forever(work):
    def run():
        while True:
            try:
                work()
            except OSError as problem:
                if problem.errno not in (errno.ESHUTDOWN, errno.EINTR, errno.EAGAIN, errno.EIO, errno.EINVAL):
                    raise

    threading.Thread(target=run, daemon=True).start()


def to_network():
    os.write(tun, os.read(receive, 16384))


def from_network():
    packet = os.read(tun, 16384)
    os.write(send, packet)
    # A transfer that fills its last packet is not over without an empty one.
    if len(packet) % 512 == 0:
        os.write(send, b'')


def control():
    event = os.read(ep0, 12)
    kind = event[8]
    if kind != 4:
        return
    request_type, request, _value, _index, length = struct.unpack('<BBHHH', event[:8])
    if (request_type, request) == (0x21, 0x00):
        print(os.read(ep0, length).hex(), flush=True)
    elif (request_type, request) == (0xA1, 0x01):
        os.write(ep0, answers.popleft()[:length] if answers else b'')
    elif request_type & 0x80:
        os.write(ep0, b'')
    else:
        os.read(ep0, length)


forever(control)
forever(to_network)
forever(from_network)
print('ready', flush=True)
for line in sys.stdin:
    answers.append(bytes.fromhex(line.strip()))
    # RESPONSE_AVAILABLE of interface 0.
    os.write(notify, struct.pack('<BBHHH', 0xA1, 0x01, 0, 0, 0))
remove_gadget()
os._exit(0)
