from emsar.datamap import declare_free
from policies.models import Policy, PolicyPublication, PolicyText, PolicyVersion

declare_free(Policy, a_document_of_ours=("slug",))
declare_free(
    PolicyVersion,
    a_document_of_ours=(
        "id", "uid", "policy", "number", "effective_date", "terms", "significant",
        "reason_az", "reason_en", "reason_ru", "created_at", "published_at",
    ),
    bare_UUID_of_staff_kept_as_evidence=("published_by",),
)
declare_free(
    PolicyText,
    a_document_of_ours=(
        "id", "version", "language", "source", "title", "html", "sections", "clauses", "sha256",
    ),
)
declare_free(
    PolicyPublication,
    evidence_about_a_document=(
        "id", "uid", "at", "kid", "hmac", "policy", "number", "version", "effective_date",
        "terms", "digests",
    ),
)
