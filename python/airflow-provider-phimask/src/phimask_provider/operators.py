"""Operators that run the phimask command."""

import json
import os
import shlex
from typing import Any, ClassVar, Dict, List, Mapping, Optional, Sequence, Union

from airflow.sdk import Asset, BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from phimask_provider.command import DONE, FIX, RETRY, UNCHANGED, Command, Ended
from phimask_provider.lineage import environment_for, events_file, last_event, operator_lineage
from phimask_provider.link import ReportLink


class _PhimaskOperator(BaseOperator):
    """What the operators share: a job, a key and a child process.

    :param job: the path of a job file, or the job as a mapping whose relative paths start at `cwd`. (templated)
    :param settings: keys of the job to change for this run, such as `{"policy.as_of": "{{ ds }}"}`. (templated)
    :param phimask_conn_id: a connection of type `phimask` that has the key; None where the job's `policy.key` is enough.
    :param aws_conn_id: an AWS connection whose credentials the command gets; None for those of the worker.
    :param region_name: the AWS region; that of the connection where left out.
    :param executable: the command, with words before it where needed, such as `npx phimask`; that of the connection, or
        `phimask`, where left out.
    :param env: environment variables for the command. (templated)
    :param append_env: whether the command gets the worker's environment too; without it, PATH, HOME and AWS's own.
    :param cwd: the folder that the command runs in. (templated)
    :param skip_on_exit_code: the exit code that skips the task: 99, nothing was to be done. None: it is a success.
    :param on_kill_grace: seconds that the command has to clean up when the task is ended.
    """

    template_fields: Sequence[str] = ("job", "settings", "env", "cwd", "run_id")
    template_fields_renderers: ClassVar[Dict[str, str]] = {"job": "json", "settings": "json", "env": "json"}
    ui_color = "#d7ecd9"
    verb: ClassVar[str]

    def __init__(
        self,
        *,
        job: Union[str, Mapping[str, Any]],
        settings: Optional[Mapping[str, Any]] = None,
        phimask_conn_id: Optional[str] = "phimask_default",
        aws_conn_id: Optional[str] = None,
        region_name: Optional[str] = None,
        executable: Optional[str] = None,
        env: Optional[Mapping[str, str]] = None,
        append_env: bool = False,
        cwd: Optional[str] = None,
        run_id: Optional[str] = None,
        skip_on_exit_code: Optional[int] = UNCHANGED,
        on_kill_grace: float = 30,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.settings = settings
        self.phimask_conn_id = phimask_conn_id
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.executable = executable
        self.env = env
        self.append_env = append_env
        self.cwd = cwd
        self.run_id = run_id
        self.skip_on_exit_code = skip_on_exit_code
        self.on_kill_grace = on_kill_grace
        self._command: Optional[Command] = None

    def execute(self, context: Any) -> Dict[str, Any]:
        ended = self._run()
        if ended.exit_code == self.skip_on_exit_code:
            raise AirflowSkipException("phimask had nothing to do")
        if ended.exit_code == FIX:
            raise AirflowFailException(f"phimask ended with {ended.reason}")  # running again would not help
        if ended.exit_code not in (DONE, UNCHANGED):
            kind = "may succeed when run again" if ended.exit_code == RETRY else "was ended"
            raise AirflowException(f"phimask {kind}: {ended.reason}")
        return ended.summary

    def on_kill(self) -> None:
        if self._command is not None:
            self._command.stop(self.on_kill_grace)

    def arguments(self) -> List[str]:
        """Options of the verb, beside `--set`."""
        return []

    def _run(self, environment: Optional[Mapping[str, str]] = None) -> Ended:
        mapping = isinstance(self.job, Mapping)
        words = [*shlex.split(self._executable()), self.verb, "-" if mapping else str(self.job), *self.arguments()]
        for key, value in (self.settings or {}).items():
            words += ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
        self._command = Command(self.log)
        return self._command.run(
            words,
            environment={**self._environment(), **(environment or {})},
            folder=self.cwd,
            stdin=json.dumps(self.job) if mapping else None,
        )

    def _executable(self) -> str:
        if self.executable or self.phimask_conn_id is None:
            return self.executable or "phimask"
        return self._hook().executable()

    def _hook(self) -> Any:
        from phimask_provider.hook import PhimaskHook

        return PhimaskHook(self.phimask_conn_id)

    def _environment(self) -> Dict[str, str]:
        """Secrets travel in the environment, never among the arguments, which others on the machine can read."""
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
        ours = {name: text for name, text in os.environ.items() if self.append_env or name in kept or name[:4] == "AWS_"}
        key = {} if self.phimask_conn_id is None else self._hook().environment()
        return {**ours, **self._aws(), **key, **(self.env or {})}

    def _aws(self) -> Dict[str, str]:
        region = {"AWS_REGION": self.region_name} if self.region_name else {}
        if self.aws_conn_id is None:
            return region
        from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

        hook = AwsGenericHook(aws_conn_id=self.aws_conn_id, region_name=self.region_name)
        found = hook.get_credentials()
        named = {
            "AWS_ACCESS_KEY_ID": found.access_key,
            "AWS_SECRET_ACCESS_KEY": found.secret_key,
            "AWS_SESSION_TOKEN": found.token,
            "AWS_REGION": hook.region_name,
        }
        return {**{name: text for name, text in named.items() if text}, **region}


class MaskPlanOperator(_PhimaskOperator):
    """Runs `phimask plan`: which files a run would mask, and an estimate of time and cost. No cell is read unless
    `sample` is given, nothing is written. Returns the summary, to be looked at by a branch before the run.

    :param sample: rows of each file to read for a closer estimate.
    :param shards: writes a work list for so many tasks to the target, for `MaskDatasetOperator(shard=...)`.
    """

    verb = "plan"

    def __init__(self, *, sample: Optional[int] = None, shards: Optional[int] = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sample = sample
        self.shards = shards

    def arguments(self) -> List[str]:
        sample = [] if self.sample is None else ["--sample", str(self.sample)]
        return sample if self.shards is None else [*sample, "--shards", str(self.shards)]


class MaskDatasetOperator(_PhimaskOperator):
    """Runs `phimask run`: masks what is new at the source and publishes it at the target. Returns the summary: counts,
    the run's id and the report's place.

    Exit code 99 (nothing to do) skips the task, 2 (job or data must change) fails it without another try, 75 (throttled,
    network) and a kill fail it so that Airflow's `retries` count.

    A job given as a mapping has its target as an outlet, so that Dags can be scheduled by it; for a job file name it
    under `outlets`. The counts are in the extra of the asset's event.

    :param run_id: names the run in reports: the same for every try of a task, so that a retry continues. (templated)
    :param workers: files masked at once.
    :param shard: the part `i/n` of what `MaskPlanOperator(shards=n)` wrote down, `i` from 0; publishes nothing. (templated)
    :param finish: publishes what all shards have done.
    :param emit_assets: whether the target becomes an outlet and events carry the counts.
    """

    verb = "run"
    template_fields = (*_PhimaskOperator.template_fields, "shard")
    operator_extra_links = (ReportLink(),)

    def __init__(
        self,
        *,
        run_id: str = "{{ run_id }}__{{ ti.task_id }}__{{ ti.map_index }}",
        workers: Optional[int] = None,
        shard: Optional[str] = None,
        finish: bool = False,
        emit_assets: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(run_id=run_id, **kwargs)
        self.workers = workers
        self.shard = shard
        self.finish = finish
        self.emit_assets = emit_assets
        self.report: Optional[str] = None
        self._lineage: Optional[Dict[str, Any]] = None
        target = _target_of(self.job)
        if emit_assets and target is not None and not self.outlets:
            self.outlets = [Asset(target)]

    def execute(self, context: Any) -> Dict[str, Any]:
        summary = super().execute(context)
        self.report = summary.get("report")
        if self.emit_assets:
            told = {key: summary[key] for key in ("run_id", "rows", "files", "withheld", "masked") if key in summary}
            for outlet in self.outlets:
                if isinstance(outlet, Asset):
                    context["outlet_events"][outlet].extra = told
        return summary

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """For Airflow's OpenLineage provider: datasets, counts, and which columns were masked."""
        return operator_lineage(self._lineage)

    def _run(self, environment: Optional[Mapping[str, str]] = None) -> Ended:
        with events_file() as path:
            ended = super()._run({**(environment or {}), **environment_for(path)})
            self._lineage = last_event(path)
        return ended

    def arguments(self) -> List[str]:
        workers = [] if self.workers is None else ["--workers", str(self.workers)]
        shard = [] if self.shard is None else ["--shard", self.shard]
        return ["--run-id", str(self.run_id), *workers, *shard, *(["--finish"] if self.finish else [])]


def _target_of(job: Any) -> Optional[str]:
    """The address of a job's target where it is one that an asset can have: whole, and known before the task runs."""
    path = (job.get("target") or {}).get("path") if isinstance(job, Mapping) else None
    if not isinstance(path, str) or "{{" in path:
        return None
    if "://" in path:
        return path
    return f"file://{path}" if path.startswith("/") else None
