"""Everything that understudy raises, and who is to blame.

::

    UnderstudyError
    ├── ContractError      a contract file is not a contract: fix contracts/<stem>.yaml
    ├── ProjectError       the three folders were not found, or a file in them does not load
    ├── ServiceError       a mock does not fit its contract: fix mocks/<stem>.py
    │   └── StreamFault    it was found while a stream was being sent, which was cut off there
    ├── ScenarioError      a scenario cannot be read or played: fix scenarios/<name>.yaml
    ├── UsageError         a command or call was given what it cannot use: fix the call
    ├── StateError         what a mock holds cannot be saved, or what was saved cannot be used
    └── TargetError        a target could not be reached or could not be judged
        └── GateClosed     the gate let no more calls through: its cap, its allow-list or its pacing says no

A *refusal* (`understudy.Refusal`) is not one of these: it is a service's documented answer, raised by a mock's
behaviour and turned into a response by the engine.
"""

from __future__ import annotations


class UnderstudyError(Exception):
    """The root of the tree above. Its text says what was wrong, where, what was expected and what to do next."""


class ContractError(UnderstudyError):
    """A contract cannot be read, or says something that is not lawful in a contract."""


class ProjectError(UnderstudyError):
    """The folders ``contracts``, ``mocks`` and ``suites`` were not found, or a file in them does not load."""


class ServiceError(UnderstudyError):
    """A mock does not fit its contract: an unknown operationId, an undocumented refusal, a missing behaviour."""


class StreamFault(ServiceError):
    """An event of a mock's own stream breaks the contract. It and what would follow it are not sent."""


class ScenarioError(UnderstudyError):
    """A scenario cannot be read, or a line of it was answered otherwise than it says."""


class UsageError(UnderstudyError):
    """A command or a call was given something that it cannot use."""


class StateError(UnderstudyError):
    """What a mock holds could not be saved, or what was saved is not ours, of a newer version, or does not fit."""


class TargetError(UnderstudyError):
    """A target could not be reached, or what it answered could not be read far enough to be judged."""


class GateClosed(TargetError):
    """The gate lets no more calls through. What was not called is *not checked*, never violated."""
