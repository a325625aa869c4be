"""What Airflow asks of a provider; valid against Airflow's provider_info.schema.json."""

from typing import Any, Dict


def get_provider_info() -> Dict[str, Any]:
    return {
        "package-name": "airflow-provider-phimask",
        "name": "phimask",
        "description": "Masks protected health information (PHI) in datasets.",
        "connection-types": [
            {
                "connection-type": "phimask",
                "hook-name": "phimask",
                "hook-class-name": "phimask_provider.hook.PhimaskHook",
            }
        ],
        "extra-links": ["phimask_provider.link.ReportLink"],
        "operators": [{"integration-name": "phimask", "python-modules": ["phimask_provider.operators"]}],
        "sensors": [{"integration-name": "phimask", "python-modules": ["phimask_provider.sensors"]}],
        "hooks": [{"integration-name": "phimask", "python-modules": ["phimask_provider.hook"]}],
        "triggers": [{"integration-name": "phimask", "python-modules": ["phimask_provider.triggers"]}],
    }
