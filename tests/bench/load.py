"""A small load generator: plain sockets that are kept open, several processes."""

import multiprocessing
import socket
import time
from collections.abc import Callable, Sequence
from queue import Empty

Make = Callable[[int], bytes]


def rate(
    port: int, make: Make, expected: int, *, seconds: float, clients: int, start: int = 0
) -> float:
    """Requests a second that were answered with status ``expected``; any other is an error."""
    results: multiprocessing.Queue[int | str] = multiprocessing.Queue()
    processes = [
        multiprocessing.Process(
            target=_client,
            args=(port, make, expected, seconds, start + number * 10_000_000, results),
        )
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    counts = _collect(results, clients, seconds)
    for process in processes:
        process.join()
    return sum(counts) / seconds


def _collect(
    results: "multiprocessing.Queue[int | str]", clients: int, seconds: float
) -> Sequence[int]:
    counts = []
    for _ in range(clients):
        try:
            answer = results.get(timeout=seconds + 30)
        except Empty:
            raise RuntimeError("a client of the load generator fell silent") from None
        if isinstance(answer, str):
            raise RuntimeError(answer)
        counts.append(answer)
    return counts


def _client(
    port: int,
    make: Make,
    expected: int,
    seconds: float,
    start: int,
    results: "multiprocessing.Queue[int | str]",
) -> None:
    try:
        results.put(_requests(port, make, expected, seconds, start))
    except Exception as problem:  # noqa: BLE001 - it must reach the parent
        results.put(f"{type(problem).__name__}: {problem}")


def _requests(port: int, make: Make, expected: int, seconds: float, start: int) -> int:
    done, end = 0, time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while time.monotonic() < end:
            connection.sendall(make(start + done))
            status = _answer(connection)
            if status != expected:
                raise RuntimeError(f"answered {status} instead of {expected}")
            done += 1
    return done


def _answer(connection: socket.socket) -> int:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    left = length - len(body)
    while left > 0:
        left -= len(_receive(connection))
    return int(head.split(b" ", 2)[1])


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(262_144)
    if not data:
        raise RuntimeError("the server closed the connection")
    return data
