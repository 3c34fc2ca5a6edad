"""A small load generator: plain sockets that are kept open, several processes."""

import multiprocessing
import socket
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from queue import Empty

Make = Callable[[int], bytes]

# Made before the clock starts: what it costs to fill in a form is not the server's work.
PREPARED = 1500


def rate(
    port: int, make: Make, expected: int, *, seconds: float, clients: int, start: int = 0
) -> float:
    """Requests a second that were answered with status ``expected``; any other is an error."""
    results: multiprocessing.Queue[int | str] = multiprocessing.Queue()
    together = multiprocessing.Barrier(clients, timeout=60)
    processes = [
        multiprocessing.Process(
            target=_client,
            args=(port, make, expected, seconds, start + number * 10_000_000, together, results),
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
    together: Barrier,
    results: "multiprocessing.Queue[int | str]",
) -> None:
    try:
        prepared = [make(start + number) for number in range(PREPARED)]
        together.wait()
        results.put(_requests(port, _first(prepared, make), expected, seconds, start))
    except Exception as problem:  # noqa: BLE001 - it must reach the parent
        together.abort()
        results.put(f"{type(problem).__name__}: {problem}")


def _first(prepared: Sequence[bytes], make: Make) -> Make:
    """What is ready, then what must be made on the way."""
    begin = 0

    def next_one(number: int) -> bytes:
        nonlocal begin
        begin += 1
        return prepared[begin - 1] if begin <= len(prepared) else make(number)

    return next_one


def _requests(port: int, make: Make, expected: int, seconds: float, start: int) -> int:
    done, end = 0, time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while time.monotonic() < end:
            connection.sendall(make(start + done))
            status = answer(connection)
            if status != expected:
                raise RuntimeError(f"answered {status} instead of {expected}")
            done += 1
    return done


def answer(connection: socket.socket) -> int:
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
