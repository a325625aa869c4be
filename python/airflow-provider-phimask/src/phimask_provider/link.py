"""A button on the task that leads to the run's report."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator


class ReportLink(BaseOperatorLink):
    """Numbers only: the report holds no cell."""

    name = "phimask report"

    def get_link(self, operator: "BaseOperator", *, ti_key: Any) -> str:
        return link_of(getattr(operator, "report", None))


def link_of(report: "str | None") -> str:
    """A page for a report's place: S3's console for an object, the file itself for a path."""
    if not report:
        return ""
    page = report.removesuffix(".json") + ".html"
    if page.startswith("s3://"):
        bucket, _, key = page[5:].partition("/")
        return f"https://s3.console.aws.amazon.com/s3/object/{bucket}?prefix={quote(key)}"
    return f"file://{quote(page)}" if page.startswith("/") else page
