"""Personal homework workbooks for clients of an REBT practice: from an intake profile to an accessible PDF."""
