"""netrox over HTTP: the dialog, the threads, the upload; and how this wire says no."""

from flask import Response, request

from messenger.core import chats, history, people, threads, uploads
from messenger.core.refusals import Invalid, Refusal, TooLarge, Unknown
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot, Person
from messenger.extensions import receipts
from messenger.protocols.netrox import examples, shapes
from messenger.protocols.protocol import Protocol
from messenger.reception import identity, multipart, pace
from messenger.reception.answers import answer
from messenger.reception.body import number_of
from messenger.reception.described import FILE, MESSAGE_TEXT, MULTIPART, Body, described

PROTOCOL = Protocol("netrox", __name__)
pages = PROTOCOL.pages

NO_RECEIVER = "Invalid receipient"  # QUIRK(netrox): the document spells it so
RETRIEVED = "Messages retreived successfully"  # QUIRK(netrox): and this
# Our names of fields as this wire calls them; all others are about the file.
FIELDS = {"receiver": "receiver", "text": "message", "client_id": "Idempotency-Key"}
UPLOADED = "File uploaded and chat created successfully"


@PROTOCOL.says_no
def no(refusal: Refusal) -> Response:
    """The envelope of a failure; 401 has a shape of its own."""
    if refusal.status == 401:
        return answer(examples.BAD_TOKEN if identity.given_token() else examples.NO_TOKEN, 401)
    field = refusal.field or ("attached_file" if refusal.status == 413 else None)
    words = f"({field}) {refusal.message}" if field else refusal.message
    return answer({"status": "failure", "entity": None, "message": words, "success": False}, refusal.status)


@pages.get("/chat/messages/<uid>/", strict_slashes=False)
@described(
    "The dialog with one person, oldest message first.",
    parameters={"uid": examples.BOB["id"], "limit": 50, "before": 31},
    answers={
        200: examples.ALL_MESSAGES,
        404: examples.INVALID,
        400: examples.BAD_NUMBER,
        401: examples.NOT_IN,
    },
)
def messages(uid: str) -> Response:
    """The newest 200, or `limit` of them before the message with the id `before`. Being fetched counts as delivered."""
    actor = identity.who()
    limit, before = _number("limit"), _number("before")
    chat = _dialog(actor, uid)
    position = history.position_of(chat, before - 1) + 1 if before else None
    found = history.before(chat, position, limit or history.LONGEST_PAGE)
    if found and chat.chat_id:
        receipts.add(actor.user_id, chat.chat_id, found[-1].position)
    return success({"messages": [shapes.message(said) for said in found]}, RETRIEVED)


@pages.get("/chat/get-user-threads/", strict_slashes=False)
@described("One's dialogs.", answers={200: examples.ALL_THREADS, 401: examples.NOT_IN})
def user_threads() -> Response:
    """Each with the two people in it, who wrote first standing first, in the order in which the dialogs began."""
    return success([shapes.thread(thread) for thread in threads.of(identity.who())], None)


@pages.post("/chat/chat-attachment/", strict_slashes=False)
@described(
    "Upload a message with a file.",
    body=Body(
        {"receiver": examples.BOB["id"], "message": "Hello, this is my message", "attached_file": ""},
        optional=("message",),
        rules={"attached_file": FILE, "message": MESSAGE_TEXT | {"minLength": 0}},
        kind=MULTIPART,
    ),
    answers={
        201: examples.ALL_UPLOADS,
        400: examples.NO_FILE,
        413: examples.TOO_LARGE,
        401: examples.NOT_IN,
    },
)
def chat_attachment() -> Response:
    """It is in the history from now on; the receiver's netrox hears of it when `chat_message_file` announces it."""
    actor = identity.who()
    pace.keep(actor)
    said = _uploaded(actor, request.headers.get("Idempotency-Key"))
    return success({"message": shapes.message(said)}, UPLOADED, 201)


def success(entity: object, message: str | None, status: int = 200) -> Response:
    """The envelope of what went well."""
    return answer({"status": "success", "entity": entity, "message": message, "success": True}, status)


def receiver(uid: str) -> Person:
    """The person of this uid. Unknown, in the document's words, for one that nobody has and for what is no uid."""
    try:
        return people.by_uid(uid.lower())
    except Unknown:
        raise Unknown(NO_RECEIVER) from None


def _dialog(actor: Actor, uid: str) -> ChatSnapshot:
    return chats.with_person(actor, receiver(uid))


def _uploaded(actor: Actor, client_id: str | None) -> MessageSnapshot:
    """Whatever is refused here, the file does not stay."""
    try:
        with multipart.taken(actor, "attached_file") as form:
            chat = _addressed(actor, form.text("receiver"))
            if not form.ids:
                raise Invalid("No file was submitted.", field="attached_file")
            return uploads.store(actor, chat, form.text("message"), client_id, form.ids[0])
    except (Invalid, TooLarge) as refusal:
        refusal.field = FIELDS.get(refusal.field or "", "attached_file")
        raise


def _addressed(actor: Actor, uid: str) -> ChatSnapshot:
    if not uid:
        raise Invalid("This field is required.", field="receiver")
    try:
        return _dialog(actor, uid)
    except Unknown:
        raise Invalid(NO_RECEIVER, field="receiver") from None


def _number(name: str) -> int | None:
    given = request.args.get(name)
    if given is None:
        return None
    number = number_of(given)
    if number is None:
        raise Invalid("A valid integer is required.", field=name)
    return number
