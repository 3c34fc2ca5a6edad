"""Our own names of the days that the `holidays` package knows, in three languages.

They are data, not messages: a day keeps the three names it was loaded with.
"""

from emsar.entities.profile import LANGUAGES, Texts

MOVED_OFF = Texts("Köçürülmüş istirahət günü", "Day off, moved", "Перенесённый выходной день")
MOVED_WORK = Texts("Köçürülmüş iş günü", "Working day, moved", "Перенесённый рабочий день")
# Stands for a day that the package names in a way we do not know yet.
UNNAMED = Texts("Qeyri-iş günü", "Non-working day", "Нерабочий день")
IN_LIEU = Texts(", əvəzinə istirahət günü", ", day off in lieu", ", выходной взамен")

# check: names by general knowledge, to be looked at by a native speaker
_NAMES = {
    "New Year's Day": Texts("Yeni il bayramı", "New Year's Day", "Новый год"),
    "Martyrs' Day": Texts("Ümumxalq hüzn günü", "Day of Nationwide Mourning", "День скорби"),
    "Women's Day": Texts("Qadınlar günü", "Women's Day", "Женский день"),
    "Spring Festival": Texts("Novruz bayramı", "Novruz", "Новруз байрамы"),
    "Eid al-Fitr": Texts("Ramazan bayramı", "Ramazan Bayram (Eid al-Fitr)", "Рамазан байрамы"),
    "Eid al-Adha": Texts("Qurban bayramı", "Gurban Bayram (Eid al-Adha)", "Гурбан байрамы"),
    "Victory over Fascism Day": Texts(
        "Faşizm üzərində qələbə günü", "Victory over Fascism Day", "День победы над фашизмом"
    ),
    "Independence Day": Texts("Müstəqillik Günü", "Independence Day", "День независимости"),
    "National Liberation Day": Texts(
        "Milli Qurtuluş Günü", "National Salvation Day", "День национального спасения"
    ),
    "Armed Forces Day": Texts("Silahlı Qüvvələr Günü", "Armed Forces Day", "День Вооружённых сил"),
    "Victory Day": Texts("Zəfər Günü", "Victory Day", "День Победы"),
    "National Flag Day": Texts(
        "Dövlət Bayrağı Günü", "State Flag Day", "День Государственного флага"
    ),
    "International Azerbaijanis Solidarity Day": Texts(
        "Dünya azərbaycanlılarının həmrəyliyi günü",
        "Day of Solidarity of World Azerbaijanis",
        "День солидарности азербайджанцев мира",
    ),
    "Presidential elections": Texts(
        "Prezident seçkiləri", "Presidential election", "Президентские выборы"
    ),
    "Municipal elections": Texts(
        "Bələdiyyə seçkiləri", "Municipal elections", "Муниципальные выборы"
    ),
}


def names_of(label: str) -> tuple[Texts, bool]:
    """Our names for a label of the package (in English), and whether the day is estimated.

    A label may hold several days at once, and say "observed" or "estimated" in brackets.
    """
    parts = [_part(part) for part in label.split("; ")]
    joined = Texts(*("; ".join(text.get(language) for text, _ in parts) for language in LANGUAGES))
    return joined, any(estimated for _, estimated in parts)


def _part(label: str) -> tuple[Texts, bool]:
    if label.startswith("Day off (substituted from"):
        return MOVED_OFF, False
    base, _, remarks = label.removesuffix(")").partition(" (")
    texts = _NAMES.get(base, UNNAMED)
    if "observed" in remarks:
        texts = _joined(texts, IN_LIEU)
    return texts, "estimated" in remarks


def _joined(first: Texts, second: Texts) -> Texts:
    return Texts(*(first.get(language) + second.get(language) for language in LANGUAGES))
