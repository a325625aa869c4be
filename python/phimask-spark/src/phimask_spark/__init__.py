"""Masks PHI in Spark DataFrames by a phimask job: its rules, without source and target."""

from phimask_spark.child import MaskingFailed
from phimask_spark.mask import mask_dataframe, mask_in_arrow

__all__ = ["MaskingFailed", "mask_dataframe", "mask_in_arrow"]
__version__ = "0.1.0"
