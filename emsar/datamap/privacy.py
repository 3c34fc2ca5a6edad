from emsar.datamap.declarations import declare_free
from emsar.datamap.models import KeyFingerprint

declare_free(
    KeyFingerprint,
    names_a_key_of_ours=("id", "ring", "kid", "fingerprint", "registered_at"),
)
