"""What WhatsApp itself writes into an export, in the languages in which phones say it."""

import re


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


# The name of the text: what it begins with, then whose chat it is.
TITLE = re.compile(
    _any("WhatsApp[ -]Chat", "Chat de WhatsApp", "Conversa do WhatsApp", "Discussion WhatsApp", "Chat WhatsApp")
    + _any(" -", " with", " mit", " con", " com", " avec", " met", "")
    + r"\s+(?P<name>.+)",
    re.IGNORECASE,
)
# A file, on Android and on iOS; and what stands behind its name where it is not in the zip.
SENT = re.compile(r"(?P<name>[^/\\\n<>]{1,200}\.\w{1,5}) \((?P<how>[^()\n]{3,40})\)(?:\n(?P<words>.*))?", re.DOTALL)
ATTACHED = re.compile(r"(?P<words>[^<]*)<[^<>:\n]{2,30}:\s*(?P<name>[^/\\\n<>]{1,200}\.\w{1,5})>\s*", re.DOTALL)
SENT_SAYS = re.compile(
    _any("file attached", "Datei angehängt", "archivo adjunto", "arquivo anexado", "fichier joint", "file allegato",
         "bestand bijgevoegd", "файл добавлен", "plik dołączony", "bifogad fil", "dosya ekli"),
    re.IGNORECASE,
)  # fmt: skip
# A file that was left out: in brackets on Android, a word and a half on iOS.
_OMITTED = _any("omitted", "ausgeschlossen", "weggelassen", "omitid[oa]", "omisso", "ocultad?[oa]", "omis", "absente?",
                "omess[oai]", "weggelaten", "без медиа", "опущен", "utelämnad", "dışarıda", "省略", "생략")  # fmt: skip
_KINDS = _any("image", "video", "audio", "sticker", "document", "GIF", "Contact card", "Bild", "Dokument", "imagen",
              "imagem", "vidéo", "immagine", "documento", "afbeelding")  # fmt: skip
LEFT_OUT = re.compile(rf"<[^<>\n]*{_OMITTED}[^<>\n]*>|{_KINDS}\s{_OMITTED}", re.IGNORECASE)
EDITED = re.compile(
    "<"
    + _any("This message was edited", "Diese Nachricht wurde bearbeitet", "Se editó este mensaje[^>]*",
           "Mensagem editada", "Ce message a été modifié", "Questo messaggio è stato modificato")
    + r"\.?>\s*$"
)  # fmt: skip
DELETED = re.compile(
    _any("This message was deleted", "You deleted this message", "Diese Nachricht wurde gelöscht",
         "Du hast diese Nachricht gelöscht", "Se eliminó este mensaje", "Eliminaste este mensaje", "Mensagem apagada",
         "Ce message a été supprimé", "Questo messaggio è stato eliminato")
    + r"\.?"
)  # fmt: skip
# What is only ever said of a group.
GROUP = re.compile(
    _any("created (?:this )?group", "(?:hat|haben) die Gruppe", "creó el grupo", "criou o grupo", "a créé le groupe",
         "added", r"using (?:this|a) group", r"\bleft$"),
    re.IGNORECASE,
)  # fmt: skip
