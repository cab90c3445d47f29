"""``understudy judge``: recorded traffic judged as a verification judges an instance."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from understudy.adapters.commands import Chosen, needs_verify, pass_chosen
from understudy.adapters.commands.reporting import finish, reporting, wanted
from understudy.errors import UsageError

if TYPE_CHECKING:
    from understudy.contract import Contract
    from understudy.verify.target import Target


@click.command("judge")
@click.argument("recording", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE.har")
@click.argument("stems", nargs=-1, metavar="[STEM]...")
@click.option("--origin", help="Where the service stands in the recording, as https://api.example.com.")
@click.option(
    "--target",
    "target_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A target file: what is known of the instance (credentials by role, fixtures, limits).",
)
@click.option("--dialect", "dialects", multiple=True, help="A dialect that the instance speaks. Repeatable.")
@click.option(
    "--assume-credential",
    "role",
    metavar="ROLE",
    help="Take requests without a credential for ones that were made with this role, and the recording for stripped.",
)
@reporting
@pass_chosen
def judge(
    chosen: Chosen,
    recording: Path,
    stems: tuple[str, ...],
    origin: str | None,
    target_file: Path | None,
    dialects: tuple[str, ...],
    role: str | None,
    reports: tuple[str, ...],
    baseline: Path | None,
    new_baseline: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Judge the traffic that FILE.har has recorded, of the services STEM, or of those that it has calls of.

    Exit code 0: nothing documented was violated. 1: something was. 2: wrong usage, or no calls of a service.
    """
    needs_verify()
    from understudy.verify.har import read_har
    from understudy.verify.recorded import Told, judge_recording
    from understudy.verify.target import read_targets, with_environment

    asked = wanted(reports, baseline, new_baseline, as_json, quiet)
    try:
        read = read_har(recording.read_bytes())
    except UsageError as error:
        raise UsageError(f"{recording}: {error}") from None
    if read.left_out:
        click.echo(f"understudy: {read.left_out} requests are left out: the recording lacks their bodies", err=True)
    targets = read_targets(target_file) if target_file is not None else {}
    done = []
    for stem in chosen.stems(stems) if stems else _present(chosen, read):
        contract = chosen.project.contract(stem)
        target = _known(targets.get(stem), contract)
        told = Told(dialects=frozenset(dialects), credential=role)
        if target is not None:
            known = with_environment(target, contract, os.environ)
            told = told._replace(roles=known.roles, limits=known.limits, fixtures=known.fixtures)
        suite = chosen.project.load_suite(stem).suite
        done.append((judge_recording(contract, suite, read, told, origin), contract))
    if not done:
        raise UsageError(f"{recording}: has no call of {', '.join(chosen.project.stems)}: name a STEM and --origin")
    finish(done, asked)


def _known(target: Target | None, contract: Contract) -> Target | None:
    from understudy.verify.target import check_names

    if target is not None:
        check_names(target, contract)
    return target


def _present(chosen: Chosen, recording: object) -> list[str]:
    """The services of the project that the recording has calls of."""
    from understudy.verify.har import Recording
    from understudy.verify.recorded import has_calls_of

    assert isinstance(recording, Recording)
    project = chosen.project
    judged = (stem for stem in project.stems if project.has_suite(stem))
    return [stem for stem in judged if has_calls_of(project.contract(stem), recording)]
