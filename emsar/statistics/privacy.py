from emsar.datamap import declare_free
from emsar.statistics.models import Fetch, Figure, RetentionReading, Snapshot

declare_free(
    Snapshot,
    aggregates_of_ten_visitors_or_more=(
        "id",
        "ga_property",
        "day",
        "fetched_at",
        "time_zone",
        "users",
        "visits",
        "views",
        "thresholded",
        "sampled",
        "other_row",
    ),
)
declare_free(
    Figure,
    aggregates_of_ten_visitors_or_more=(
        "id",
        "snapshot",
        "dimension",
        "value",
        "users",
        "visits",
        "views",
    ),
)
declare_free(
    Fetch,
    runs_of_a_job_of_ours=("id", "ga_property", "day", "started_at", "ended_at", "outcome", "days"),
)
declare_free(
    RetentionReading,
    settings_of_a_property_of_ours=(
        "id",
        "ga_property",
        "at",
        "outcome",
        "event_months",
        "user_months",
        "resets",
        "verdict",
    ),
)
