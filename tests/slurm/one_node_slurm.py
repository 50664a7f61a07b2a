# SPDX-License-Identifier: MIT
"""A real Slurm of one node in a temporary folder: own key, own sockets, own ports, no accounting.

    with OneNodeSlurm() as slurm:
        job = slurm.submit("--array=1-4", "job.sh", "argument")
        slurm.wait_until(lambda: not slurm.tasks(job), 60, "the array to end")

Works as root (in a container, too) and as an ordinary user, who can then only run own jobs. Nothing
outside the folder is read or written, and everything that was started is ended again: the daemons
die with this process, and what they leave behind becomes its children and is killed.
Raises `SlurmUnavailable` with the reason where Slurm is not installed or does not come up.
"""

import ctypes
import getpass
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo")
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")  # not in every user's PATH

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# Processes are followed without control groups, which containers often lack. A requeued job waits
# until the credential of its first run has expired, hence the short cred_expire.
CONFIGURATION = """\
ClusterName=siskin
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=1,sched_min_interval=100000,sched_interval=1
MailProg=/bin/true
ReturnToService=2
KillWait=2
CompleteWait=0
MaxArraySize=1001
NodeName={host} NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class SlurmUnavailable(Exception):
    """Slurm is not installed, or does not come up; the text says why."""


def _find(program):
    path = shutil.which(program)
    for folder in SYSTEM_FOLDERS:
        path = path or shutil.which(program, path=folder)
    if path is None:
        raise SlurmUnavailable(f"{program} is not installed (packages slurm-wlm and munge)")
    return path


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _prctl(option, value):
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _children():
    """Process ids of the living and dead children of this process."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == os.getpid():
            found.append(int(entry.name))
    return found


class OneNodeSlurm:
    def __init__(self, cpus=4, start_seconds=30):
        self._cpus = cpus
        self._start_seconds = start_seconds
        self._daemons = []
        self.programs = {name: _find(name) for name in PROGRAMS}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="siskin-slurm-"))
        self.folder.chmod(0o755)  # munged wants others to reach the socket
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("SLURM_", "SBATCH_", "SQUEUE_"))}
        self.environment["SLURM_CONF"] = str(self.folder / "slurm.conf")

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    # Commands

    def command(self, program, *arguments):
        """Runs one of Slurm's programs and returns its standard output."""
        done = subprocess.run([self.programs[program], *map(str, arguments)], env=self.environment, text=True,
                              capture_output=True, timeout=60, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program} {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout

    def submit(self, *arguments):
        """sbatch; returns the number of the job."""
        return self.command("sbatch", "--parsable", *arguments).strip().split(";")[0]

    def tasks(self, job):
        """State of every task of an array that is still known as waiting or running: {index: state}."""
        listing = self.command("squeue", "--noheader", "--array", "--format=%F|%K|%T")
        rows = [line.strip().split("|") for line in listing.splitlines()]
        return {task: state for number, task, state in rows if number == str(job)}

    def details(self, job):
        """What `scontrol show job` says, as a dictionary."""
        text = self.command("scontrol", "--oneliner", "show", "job", job)
        return dict(part.split("=", 1) for part in text.split() if "=" in part)

    def wait_until(self, condition, seconds, what):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError(f"waited {seconds} s for {what}\n{self.command('squeue', '--array')}\n{self.logs()}")
            time.sleep(0.1)

    def logs(self, lines=15):
        """The last lines of the daemons' logs."""
        parts = []
        for path in sorted(self.folder.glob("*.log")):
            tail = path.read_text(errors="replace").splitlines()[-lines:]
            parts.append("\n".join([f"--- {path.name}", *tail]))
        return "\n".join(parts)

    # Start and stop

    def _start(self):
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        self._write_configuration()
        self._launch("munged", "--foreground", "--force", "--num-threads=2", f"--key-file={self.folder}/munge.key",
                     f"--socket={self.folder}/munge.socket", f"--pid-file={self.folder}/munged.pid",
                     f"--seed-file={self.folder}/munge.seed")
        self._await(lambda: (self.folder / "munge.socket").exists(), "munged")
        self._launch("slurmctld", "-D", "-c")
        self._launch("slurmd", "-D", "-c")
        self._await(self._is_idle, "the node")

    def _write_configuration(self):
        controller_port, node_port = _free_ports(2)
        for name in ("state", "spool"):
            (self.folder / name).mkdir(mode=0o755)
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(128))
        text = CONFIGURATION.format(host=socket.gethostname().split(".")[0], user=getpass.getuser(), folder=self.folder,
                                    cpus=self._cpus, controller_port=controller_port, node_port=node_port)
        (self.folder / "slurm.conf").write_text(text)

    def _launch(self, program, *arguments):
        with open(self.folder / f"{program}.out.log", "wb") as log:
            self._daemons.append(subprocess.Popen(
                [self.programs[program], *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=self.environment, cwd=self.folder, start_new_session=True,
                preexec_fn=lambda: _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)))

    def _is_idle(self):
        try:
            return self.command("sinfo", "--noheader", "--format=%T").strip() == "idle"
        except RuntimeError:
            return False

    def _await(self, condition, what):
        deadline = time.monotonic() + self._start_seconds
        while not condition():
            dead = [daemon for daemon in self._daemons if daemon.poll() is not None]
            if dead or time.monotonic() > deadline:
                raise SlurmUnavailable(f"{what} does not come up\n{self.logs()}")
            time.sleep(0.1)

    def stop(self):
        """Ends every job and daemon and removes the folder; harmless when called again."""
        if not self.folder.exists():
            return
        if len(self._daemons) == 3:
            subprocess.run([self.programs["scancel"], "--full", "--signal=KILL", "--user", getpass.getuser()],
                           env=self.environment, capture_output=True, timeout=20, check=False)
        for daemon in reversed(self._daemons):
            daemon.terminate()
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        self._daemons.clear()
        self._kill_orphans()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kill_orphans(self):
        """What the daemons left behind (slurmstepd, killed jobs) was handed to this process."""
        for _ in range(50):
            orphans = _children()
            if not orphans:
                return
            for orphan in orphans:
                try:
                    os.kill(orphan, signal.SIGKILL)
                    os.waitpid(orphan, 0)
                except (ProcessLookupError, ChildProcessError):
                    pass
