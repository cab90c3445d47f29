"""The only place with sockets, threads, files and third-party HTTP. Adapters never import one another."""
