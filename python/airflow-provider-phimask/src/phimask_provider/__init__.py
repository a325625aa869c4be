"""Airflow operators that mask PHI with the phimask command."""

__version__ = "0.1.0"
