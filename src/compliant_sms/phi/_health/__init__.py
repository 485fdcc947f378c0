"""Information about health: conditions, medicines, procedures, results, specialties."""
