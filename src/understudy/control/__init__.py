"""The control plane: stages, clocks, faults, preparations and journals of the services that are served, over HTTP.

It is a service of our own kind. Its contract is ``contract.yaml`` beside this file, its behaviours are written with
`understudy.Service`, and an `Engine` answers for it on a stage of its own, so that requests and answers are checked as
those of any mock are. docs/control.md is what a user reads.

::

    plane.py          what it works on: the stages that are served, its token, where it listens
    definition.py     the service: its guards, and how it refuses
    defences.py       who may call
    refusals.py       what is refused, and how a refusal looks
    showing.py        stages, clocks and plans as JSON
    exchanges.py      exchanges as JSON
    stages.py clocks.py faults.py preparations.py journals.py following.py     the behaviours
"""

from understudy.control.opening import plane_engine
from understudy.control.plane import Plane

__all__ = ["Plane", "plane_engine"]
