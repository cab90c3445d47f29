"""HTTP/1.1 as the server speaks it: reading requests, writing answers, waiting on a stage's clock.

::

    limits.py      what the server allows a connection: bytes, seconds, how many requests at once
    request_head.py, response_head.py    the heads of messages, from bytes and into bytes
    reader.py      bytes -> requests: framing and caps
    delivery.py    an answer that cannot leave at once: delayed, streamed or waiting for its turn
    answers.py     the answers of one connection, in the order of the requests
    pace.py        waiting on a stage's clock
    provider.py    what the server needs of an engine
    listener.py    what the connections of one port share: engine, requests in flight, the sweep for timeouts
    connection.py  one connection: reads requests, and ends what takes too long
"""
