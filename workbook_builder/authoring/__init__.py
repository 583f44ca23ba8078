"""Help for those who write a library: begin a practice, a module or a profile, and sign what a clinician has read."""

from __future__ import annotations

from workbook_builder.authoring.begin import begin_module, begin_profile
from workbook_builder.authoring.practice import Practice, begin_practice
from workbook_builder.authoring.sign import sign_modules

__all__ = ["Practice", "begin_module", "begin_practice", "begin_profile", "sign_modules"]
