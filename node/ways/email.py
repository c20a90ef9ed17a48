"""E-mail: letters sent by SMTP to our own people, with nothing in them but that there is an alert.

Trust: whoever can read the password file can send e-mail as we do.
"""

import contextlib
import smtplib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from federation.errors import RefusedError
from federation.messages import MemberId
from node import config
from node.store.letters import Letter, Line
from node.ways.lines import Server, secret

#: How we call ourselves to the server: what this machine is called is nobody's affair.
_OURSELVES = "[127.0.0.1]"
_READY = 220
_GONE = (OSError, smtplib.SMTPException)


@dataclass(frozen=True, slots=True)
class Email:
    """Sends letters; the password file is read for each."""

    settings: config.Smtp
    us: MemberId

    name = "email"

    def check(self) -> None:
        """Raise `UntrustedError` naming the file that is not as it should be."""
        if self.settings.password_file:
            secret(self.settings.password_file)
        self._server.proof()

    def carry(self, letter: Letter) -> str:
        """Send a letter to all its recipients; once this returns the server took it.

        When it took it for some of them alone, which is said by a word, it is not sent again: the
        others would have it twice.
        """
        settings = self.settings
        message = message_of(letter, self.us, settings).as_bytes(policy=SMTP)
        with self._server.line() as line, self._dialogue(line) as smtp:
            if settings.user:
                smtp.login(settings.user, secret(settings.password_file).decode())
            refused = smtp.sendmail(settings.sender, settings.to, message)
            # It is taken, whether or not the server says goodbye.
            with contextlib.suppress(*_GONE):
                smtp.quit()
        return "refused for some" if refused else ""

    @property
    def _server(self) -> Server:
        said = self.settings
        return Server(said.host, said.port, said.ca_file, said.timeout_s)

    @contextlib.contextmanager
    def _dialogue(self, line: socket.socket) -> Iterator[smtplib.SMTP]:
        """A dialogue with a server that has proven who it is, unless it is on this machine."""
        with contextlib.closing(smtplib.SMTP(local_hostname=_OURSELVES)) as smtp:
            smtp.sock = self._server.proven(line) if self.settings.tls == "tls" else line
            _expect(smtp.getreply())
            if self.settings.tls == "starttls":
                smtp.ehlo()
                _expect(smtp.docmd("STARTTLS"))
                smtp.sock, smtp.file = self._server.proven(line), None
            # What was said before the server was proven counts no more (RFC 3207 section 4.2).
            smtp.ehlo()
            yield smtp


def message_of(letter: Letter, us: MemberId, settings: config.Smtp) -> EmailMessage:
    """What is sent: the same at each try, and known again by its `Message-ID`."""
    message = EmailMessage()
    message["From"], message["To"] = settings.sender, ", ".join(settings.to)
    count = len(letter.lines)
    urgent = "URGENT: " if letter.is_urgent else ""
    message["Subject"] = f"{urgent}Amber {us}: {count} alert{'s' if count > 1 else ''}"
    message["Date"] = format_datetime(letter.queued_at)
    message["Message-ID"] = f"<{letter.id}@{us.lower()}.amber>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.is_urgent:
        message["Importance"] = "high"
    text = [*map(_words, letter.lines), "", "What they are about is shown by: amber alerts"]
    message.set_content("\n".join(text) + "\n")
    return message


def _expect(reply: tuple[int, bytes]) -> None:
    if reply[0] != _READY:
        raise RefusedError(f"smtp {reply[0]}")


def _words(line: Line) -> str:
    said = (f"member {line.member}", line.purpose, "urgent" if line.is_urgent else "")
    kind = "alarm" if line.event == "alarmed" else "alert"
    return f"{kind} {line.alert} {line.event}: {', '.join(word for word in said if word)}"
