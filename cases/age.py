"""How old somebody is, by their ID number."""

from datetime import date


def age_on(id_number: str, day: date) -> int | None:
    """Full years on that day by an ID number of 18 digits (GB 11643: birth date at places 7 to 14); None by another."""
    if len(id_number) != 18:
        return None
    try:
        born = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
