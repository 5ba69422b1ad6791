# SPDX-License-Identifier: Apache-2.0
"""A real Thunderbird on a private X display: one account, the real compose window, the dialogs a person would see."""
import contextlib
import json
import os
import signal
import subprocess
import time

from system.marionette import Marionette
from system.ports import free_port, wait_until
from system.process import end_with_parent

QUIET = {
    "app.donation.eoy.version.viewed": 999, "app.update.enabled": False, "browser.safebrowsing.enabled": False,
    "calendar.integration.notify": False, "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False, "datareporting.policy.firstRunURL": "",
    "extensions.blocklist.enabled": False, "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False, "geo.provider.testing": True, "mail.biff.show_alert": False,
    "mail.compose.attachment_reminder": False, "mail.inappnotifications.enabled": False,
    "mail.instrumentation.postUrl": "", "mail.provider.suppress_dialog_on_startup": True, "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False, "mail.spotlight.firstRunDone": True, "mail.warn_on_send_accel_key": False,
    "mailnews.auto_config_url": "", "mailnews.database.global.indexer.enabled": False,
    "mailnews.start_page.enabled": False, "mailnews.start_page_override.mstone": "ignore",
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True, "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.crashreporter.enabled": False, "toolkit.startup.max_resumed_crashes": -1,
    "toolkit.telemetry.enabled": False,
}

# args: to, subject, body, path of the attachment or "".
OPEN_COMPOSE = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const make = (contract, face) => Components.classes[contract].createInstance(Components.interfaces[face]);
const fields = make("@mozilla.org/messengercompose/composefields;1", "nsIMsgCompFields");
[fields.to, fields.subject, fields.body] = args;
if (args[3]) {
  const file = make("@mozilla.org/file/local;1", "nsIFile");
  file.initWithPath(args[3]);
  const attachment = make("@mozilla.org/messengercompose/attachment;1", "nsIMsgAttachment");
  attachment.url = Services.io.newFileURI(file).spec;
  attachment.name = file.leafName;
  attachment.size = file.fileSize;
  fields.addAttachment(attachment);
}
const parameters = make("@mozilla.org/messengercompose/composeparams;1", "nsIMsgComposeParams");
parameters.type = Components.interfaces.nsIMsgCompType.New;
parameters.format = Components.interfaces.nsIMsgCompFormat.PlainText;
parameters.composeFields = fields;
parameters.identity = MailServices.accounts.getIdentity("id1");
MailServices.compose.OpenComposeWindowWithParams(null, parameters);
"""
COMPOSE_READY = """
const window = Services.wm.getMostRecentWindow("msgcompose");
return Boolean(window && window.document.readyState == "complete" && window.gMsgCompose && window.gMsgCompose.editor);
"""
WINDOWS = """
const seen = { compose: 0, dialogs: [] };
for (const window of Services.wm.getEnumerator(null)) {
  const address = window.location.href;
  if (address.includes("messengercompose.xhtml")) seen.compose++;
  if (address.includes("commonDialog")) seen.dialogs.push(window.document.getElementById("infoBody")?.textContent || "");
}
return seen;
"""
CLOSE_DIALOGS = """
for (const window of Services.wm.getEnumerator(null))
  if (window.location.href.includes("commonDialog")) window.document.getElementById("commonDialog").acceptDialog();
"""
CLOSE_COMPOSE = """
for (const window of Services.wm.getEnumerator("msgcompose")) {
  window.gContentChanged = false;
  window.gMsgCompose.bodyModified = false;
  window.close();
}
"""
STORE_PASSWORD = """
const login = Components.classes["@mozilla.org/login-manager/loginInfo;1"].createInstance(
  Components.interfaces.nsILoginInfo);
login.init(args[0], null, args[0], args[1], args[2], "", "");
await Services.logins.addLoginAsync(login);
"""
ADD_PEOPLE = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const book = MailServices.ab.getDirectory("jsaddrbook://abook.sqlite");
for (const address of args[0]) {
  const card = Components.classes["@mozilla.org/addressbook/cardproperty;1"].createInstance(
    Components.interfaces.nsIAbCard);
  card.primaryEmail = address;
  book.addCard(card);
}
return book.childCardCount;
"""
MAIN_WINDOW_READY = """
const window = Services.wm.getMostRecentWindow("mail:3pane");
return Boolean(window && window.document.readyState == "complete" && window.gTabmail);
"""


class Screen:
    """A private X display that the server itself chooses."""

    def __init__(self, directory):
        read, write = os.pipe()
        self._log = open(os.path.join(directory, "xvfb.log"), "wb")
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write], stdout=self._log, stderr=self._log, preexec_fn=end_with_parent)
        os.close(write)
        number = b""
        while not number.endswith(b"\n"):
            piece = os.read(read, 20)
            if not piece:
                raise AssertionError("Xvfb did not start")
            number += piece
        os.close(read)
        self.name = ":" + number.decode().strip()

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self._log.close()


class Thunderbird:
    def __init__(self, directory, smtp_port, user, password):
        self.directory, self.smtp_port = directory, smtp_port
        self.user, self.password = user, password
        self.remote_port = free_port()
        self.profile = os.path.join(directory, "profile")
        self._write_profile()
        self.screen = Screen(directory)
        self.process = None

    def _write_profile(self):
        os.makedirs(self.profile)
        settings = dict(QUIET)
        settings.update({
            "marionette.port": self.remote_port,
            "mail.accountmanager.accounts": "account1", "mail.accountmanager.defaultaccount": "account1",
            "mail.accountmanager.localfoldersserver": "server1",
            "mail.account.account1.server": "server1", "mail.account.account1.identities": "id1",
            "mail.account.lastKey": 1,
            "mail.server.server1.type": "none", "mail.server.server1.hostname": "Local Folders",
            "mail.server.server1.name": "Local Folders", "mail.server.server1.userName": "nobody",
            "mail.identity.id1.fullName": "試験 太郎", "mail.identity.id1.useremail": "tester@example.test",
            "mail.identity.id1.smtpServer": "smtp1", "mail.identity.id1.valid": True,
            "mail.identity.id1.compose_html": False,
            "mail.identity.id1.fcc_folder": "mailbox://nobody@Local%20Folders/Sent",
            "mail.smtpservers": "smtp1", "mail.smtp.defaultserver": "smtp1",
            "mail.smtpserver.smtp1.type": "smtp", "mail.smtpserver.smtp1.hostname": "localhost",
            "mail.smtpserver.smtp1.port": self.smtp_port, "mail.smtpserver.smtp1.authMethod": 3,
            "mail.smtpserver.smtp1.try_ssl": 0, "mail.smtpserver.smtp1.username": self.user,
        })
        with open(os.path.join(self.profile, "user.js"), "w", encoding="utf-8") as file:
            for name, value in settings.items():
                file.write(f"user_pref({json.dumps(name)}, {json.dumps(value, ensure_ascii=False)});\n")

    def start(self):
        environment = dict(os.environ, DISPLAY=self.screen.name, MOZ_ENABLE_WAYLAND="0", GDK_BACKEND="x11",
                           MOZ_CRASHREPORTER_DISABLE="1", LANG="C.UTF-8", LC_ALL="C.UTF-8")
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            path = os.path.join(self.directory, name.lower())
            os.makedirs(path, mode=0o700)
            environment[name] = path
        self.environment = environment
        self._log = open(os.path.join(self.directory, "thunderbird.log"), "wb")
        self.process = subprocess.Popen(
            ["dbus-run-session", "--", "thunderbird", "--no-remote", "--profile", self.profile, "-marionette",
             "-remote-allow-system-access"], env=environment, stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=self._log, start_new_session=True, preexec_fn=end_with_parent)
        self.remote = Marionette(self.remote_port)
        wait_until(lambda: self.remote.script(MAIN_WINDOW_READY), 60, "Thunderbird's window")
        self.remote.waiting_script(STORE_PASSWORD, "smtp://localhost", self.user, self.password)

    def add_people(self, *addresses):
        """Into its address book; how many are there now."""
        return self.remote.waiting_script(ADD_PEOPLE, list(addresses))

    def send(self, to, subject, body, attachment="", picture=None, keep_window=False, seconds=40):
        """[] when the compose window closed (sent), else the texts of the dialogs; the compose window is then closed,
        or kept for send_again()."""
        self.remote.waiting_script(OPEN_COMPOSE, to, subject, body, attachment)
        wait_until(lambda: self.remote.script(COMPOSE_READY), 30, "the compose window")
        time.sleep(0.5)
        return self.send_again(picture, keep_window, seconds)

    def send_again(self, picture=None, keep_window=False, seconds=40):
        """What is in the compose window now; as send()."""
        self._press_send()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            seen = self.remote.script(WINDOWS)
            if seen["dialogs"]:
                return self._read_dialogs(picture, keep_window)
            if not seen["compose"]:
                return []
            time.sleep(0.1)
        self.picture(picture)
        raise AssertionError(f"neither sent nor refused after {seconds} s")

    def _read_dialogs(self, picture, keep_window):
        time.sleep(0.5)
        texts = self.remote.script(WINDOWS)["dialogs"]
        self.picture(picture)
        for _ in range(5):
            self.remote.script(CLOSE_DIALOGS)
            time.sleep(0.3)
            if not self.remote.script(WINDOWS)["dialogs"]:
                break
        if not keep_window:
            self.remote.script(CLOSE_COMPOSE)
        return texts

    def _press_send(self):
        """A real key event, as a person's: sends begun from a script lose their end when answers are slow."""
        def find():
            ran = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Write: "], env=self.environment,
                                 capture_output=True, text=True, timeout=10, check=False)
            return ran.stdout.split()
        window = wait_until(find, 10, "the compose window on the screen")[-1]
        for command in (["windowfocus", "--sync", window], ["key", "ctrl+Return"]):
            subprocess.run(["xdotool", *command], env=self.environment, timeout=10, check=False)

    def picture(self, path):
        if path:
            subprocess.run(["import", "-window", "root", path], env=self.environment, timeout=20, check=False)

    def stop(self):
        if self.process is not None:
            with contextlib.suppress(Exception):
                self.remote.command("Marionette:Quit", {"flags": ["eForceQuit"]})
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)  # the session that start() made
                self.process.wait()
            self._log.close()
        self.screen.stop()
