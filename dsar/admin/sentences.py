"""The sentence of each event of a case; ``%(reason)s`` is the code of the event in words."""

from django.utils.translation import gettext_noop

SENTENCES = {
    "received": gettext_noop("Received by: %(reason)s."),
    "asked_again": gettext_noop("The same was asked again and joined this case."),
    "received_earlier": gettext_noop("It was received earlier: both deadlines start then."),
    "reach_changed": gettext_noop("Name or postal address was changed; proved by: %(reason)s."),
    "proof_claimed": gettext_noop(
        "A colleague saw a proof (%(reason)s); the officer has to confirm it."
    ),
    "earlier_claimed": gettext_noop(
        "A colleague says that it was received earlier; the officer has to confirm it."
    ),
    "not_earlier": gettext_noop("It was not received earlier: the deadlines stay as they are."),
    "verified": gettext_noop("Identity proved by: %(reason)s."),
    "closed_unverified": gettext_noop("Identity was never proved: answered and destroyed."),
    "chosen": gettext_noop("The records of the person were chosen."),
    "subject_chosen": gettext_noop("It was said whose data the case is about."),
    "names_found": gettext_noop(
        "Another name has appeared under the address: the records have to be chosen."
    ),
    "approval_void": gettext_noop(
        "The approval no longer counts: it was given before another name had appeared."
    ),
    "blocked_before": gettext_noop(
        "The records were blocked already: the person may want the block to end."
    ),
    "paused": gettext_noop("A question about identity was asked; the term by law rests."),
    "resumed": gettext_noop("The question is answered; the term by law runs again."),
    "extended": gettext_noop("The term by law was extended, and the person was told why."),
    "message_written": gettext_noop("A message was sent to the person."),
    "message_received": gettext_noop("The person wrote a message."),
    "note_written": gettext_noop("An internal note was added."),
    "proposed": gettext_noop("A correction was proposed: %(reason)s."),
    "corrected": gettext_noop("A correction was made: %(reason)s."),
    "not_corrected": gettext_noop("A correction was rejected: %(reason)s."),
    "agreed": gettext_noop("The person agreed to a proposed correction."),
    "disagreed": gettext_noop("The person did not agree to a proposed correction."),
    "address_to_confirm": gettext_noop("A link was mailed to the new address."),
    "address_taken": gettext_noop("The new address belongs to somebody else by now."),
    "recipients_to_tell": gettext_noop("Recipients of the old value have to be told by hand."),
    "all_corrected": gettext_noop("Everything that was proposed is corrected."),
    "suspended": gettext_noop("Processing stopped until the objection is decided."),
    "objected": gettext_noop("The objection was carried out."),
    "consents_withdrawn": gettext_noop("The consents were withdrawn and processing stopped."),
    "blocked": gettext_noop("The records were blocked."),
    "unblocked": gettext_noop("The block was lifted: %(reason)s."),
    "approved": gettext_noop("The deletion was approved."),
    "seconded": gettext_noop("A second person approved the deletion."),
    "executed": gettext_noop("The deletion was carried out; what is left is being looked for."),
    "explained": gettext_noop("What the residual scan found was explained."),
    "answer_undeliverable": gettext_noop("An answer could not be delivered."),
    "answer_delivered": gettext_noop("The answer that could not be delivered has arrived."),
    "answer_told": gettext_noop("The person was told by another way: %(reason)s."),
    "to_tell": gettext_noop("No email address is known: the answer has to be told by hand."),
    "told": gettext_noop("The answer was told: %(reason)s."),
    "handed_over": gettext_noop("The package was fetched to be handed over: %(reason)s."),
    "completed": gettext_noop("Nothing was found any more: completed."),
    "release": gettext_noop("The package was released."),
    "erased": gettext_noop("Completed with the deletion: nothing is held any more."),
    "answered": gettext_noop("Answered."),
    "refused": gettext_noop("Refused: %(reason)s."),
    "taken_back": gettext_noop("The person took the request back."),
    "joined": gettext_noop("It goes on in another case about the same person."),
}
