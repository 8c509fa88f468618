# Listens on a unix datagram socket as a service manager does; prints each datagram as one line.
import os, socket, sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print('listening', flush=True)
while True:
    print(listener.recv(4096).decode().replace('\n', ' '), flush=True)
