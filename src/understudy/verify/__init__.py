"""Who keeps the promise: judging exchanges against a contract, and the calls that make them."""
