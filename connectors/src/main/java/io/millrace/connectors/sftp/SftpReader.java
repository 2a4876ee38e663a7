package io.millrace.connectors.sftp;

import io.millrace.connectors.files.CheckedFile;
import io.millrace.connectors.files.FileClaim;
import io.millrace.connectors.files.FileClaim.Content;
import io.millrace.connectors.files.FileCounters;
import io.millrace.connectors.files.FileFlow;
import io.millrace.connectors.files.FileRefused;
import io.millrace.connectors.files.FoundFile;
import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.files.Spool;
import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.SourceReader;
import io.millrace.connectors.source.SourceState;
import io.millrace.processors.shard.Digests;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the source: takes one file at a time that no other reader has, and moves it
 * away when all its lines are committed. What a file does wrong is that file's end, not the
 * source's.
 */
final class SftpReader implements SourceReader {
  private static final Logger LOG = LoggerFactory.getLogger(SftpReader.class);

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  /** For how long a file is left alone that another reader has. */
  private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** For how long one is left alone that its server does not let be read or moved. */
  private static final long DENIED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final BatchConsumer source;
  private final SftpSourceOptions options;
  private final SourceFiles.Reader claims;
  private final int number;
  private final FileCounters counters;
  private final Map<FoundFile, Long> settling = new HashMap<>();
  private volatile @Nullable Look looked;
  private volatile boolean wanted;
  private volatile @Nullable SftpServer current;
  private @Nullable Thread thread;
  private boolean everConnected;
  private boolean complained;
  private long renewedAt;

  /** What one look at the folder found, less what was read of it since. */
  record Look(long at, long files, long bytes) {
    static Look of(List<FoundFile> found) {
      return new Look(
          System.nanoTime(), found.size(), found.stream().mapToLong(FoundFile::size).sum());
    }

    Look without(FoundFile file) {
      return new Look(at, files - 1, bytes - file.size());
    }
  }

  SftpReader(
      BatchConsumer source, SftpSourceOptions options, SourceFiles.Reader claims, int number) {
    this.source = source;
    this.options = options;
    this.claims = claims;
    this.number = number;
    this.counters = new FileCounters(options.leastInFlight(), options.inFlight());
  }

  @Override
  public void start() {
    wanted = true;
    thread =
        Thread.ofPlatform().name("sftp-" + source.name() + '-' + number).start(this::runUntilLeft);
  }

  @Override
  public void leave() {
    wanted = false;
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    Thread running = thread;
    if (running != null) {
      running.join(options.times().drain() + TimeUnit.SECONDS.toMillis(15));
    }
  }

  /** One at a time: one that stood still at its end goes on before the next begins. */
  private synchronized void runUntilLeft() {
    long pause = FIRST_PAUSE_MILLIS;
    while (wanted) {
      try (SftpServer server = SftpServer.connect(options)) {
        current = server;
        pause = FIRST_PAUSE_MILLIS;
        if (everConnected) {
          counters.reconnected();
        }
        everConnected = true;
        readFolder(server);
      } catch (IOException | SQLException e) {
        complain(e);
      } catch (RuntimeException e) {
        LOG.error("source {} reader {} begins again after", source.name(), number, e);
      }
      current = null;
      looked = null;
      pauseFor(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  private void complain(Exception why) {
    if (wanted && !complained) {
      complained = true;
      LOG.warn(
          "source {} reader {} can't read {}, and keeps trying: {}",
          source.name(),
          number,
          options,
          why.getMessage());
    }
  }

  private void pauseFor(long millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (wanted && (System.nanoTime() - until < 0 || !counters.hasRoom())) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private void readFolder(SftpServer server) throws IOException, SQLException {
    settling.clear();
    while (wanted) {
      List<FoundFile> found =
          server.list(name -> !isUnfinished(name) && matches(name), counters::passedOver);
      Look left = Look.of(found);
      looked = left;
      if (complained) {
        complained = false;
        LOG.info("source {} reader {} reads again", source.name(), number);
      }
      Set<String> paths = found.stream().map(FoundFile::path).collect(Collectors.toSet());
      claims.sweep(paths);
      boolean any = false;
      for (FoundFile file : settled(found)) {
        if (wanted && take(server, file, paths)) {
          any = true;
          left = left.without(file);
          looked = left;
        }
      }
      if (!any) {
        await(server, settling.isEmpty() ? options.times().poll() : shorter());
      }
    }
  }

  private long shorter() {
    return Math.max(LOOK.toMillis(), Math.min(options.times().poll(), options.times().settle()));
  }

  private void await(SftpServer server, long millis) throws IOException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (wanted && System.nanoTime() - until < 0) {
      if (!server.isOpen()) {
        throw new IOException("the connection has ended");
      }
      counters.look(0);
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private boolean matches(String name) {
    return options.names().matcher(name).matches();
  }

  /** As those who write files elsewhere first name them until they are whole. */
  private static boolean isUnfinished(String name) {
    return name.startsWith(".")
        || name.endsWith(".tmp")
        || name.endsWith(".part")
        || name.endsWith(".partial")
        || name.endsWith(".filepart");
  }

  /** Those that have not changed for long enough; the others are looked at again. */
  private List<FoundFile> settled(List<FoundFile> found) {
    long now = System.nanoTime();
    settling.keySet().retainAll(Set.copyOf(found));
    long settle = TimeUnit.MILLISECONDS.toNanos(options.times().settle());
    found.forEach(f -> settling.putIfAbsent(f, now + settle));
    return found.stream().filter(f -> settling.getOrDefault(f, now) - now <= 0).toList();
  }

  /** Returns whether it was taken; where not, it waits for its turn. */
  private boolean take(SftpServer server, FoundFile file, Set<String> paths)
      throws IOException, SQLException {
    FileClaim claim = claims.claim(file).orElse(null);
    if (claim == null) {
      putOff(file, BUSY_NANOS);
      return false;
    }
    renewedAt = System.nanoTime();
    counters.busy(true);
    try {
      if (end(server, claim, paths)) {
        settling.remove(file);
        return true;
      }
    } catch (SftpException e) {
      if (!isOfTheFile(e)) {
        throw e;
      }
      LOG.warn(
          "source {}: file {} can't be read or moved: {}",
          source.name(),
          claim.id(),
          e.getMessage());
      putOff(file, DENIED_NANOS);
      return false;
    } finally {
      counters.busy(false);
      claims.release(claim);
    }
    putOff(file, BUSY_NANOS);
    return false;
  }

  private void putOff(FoundFile file, long nanos) {
    settling.put(file, System.nanoTime() + nanos);
  }

  private boolean isOfTheFile(SftpException e) {
    return e.getStatus() != SftpConstants.SSH_FX_NO_CONNECTION
        && e.getStatus() != SftpConstants.SSH_FX_CONNECTION_LOST;
  }

  /** Brings a claimed file to its end. Returns whether it has come to it. */
  private boolean end(SftpServer server, FileClaim claim, Set<String> paths)
      throws IOException, SQLException {
    // One that was done before is read again, and found to be: only its bytes say that it is it.
    FileClaim.State state = read(server, claim, paths);
    if (!state.isFinal()) {
      return false;
    }
    String folder =
        state == FileClaim.State.FAILED ? options.folders().failed() : options.folders().done();
    server.move(claim.file(), folder, claim.id());
    claims.gone(claim);
    return true;
  }

  private FileClaim.State read(SftpServer server, FileClaim claim, Set<String> paths)
      throws IOException, SQLException {
    try (Spool spool = Spool.in(options.spool(), Digests.sha256())) {
      boolean isTooLarge = claim.file().size() > options.limits().bytes();
      if (isTooLarge
          ? !server.isThere(claim.file())
          : !server.fetch(claim.file(), spool, () -> keep(claim))) {
        // It has changed, or another reader moved it since it was listed.
        claims.gone(claim);
        return FileClaim.State.CLAIMED;
      }
      if (isTooLarge) {
        throw new FileRefused(
            FileRefused.Code.TOO_LARGE,
            "it has more than " + options.limits().bytes() + " bytes; raise mostBytes or split it");
      }
      byte[] sha256 = spool.seal();
      CheckedFile checked =
          CheckedFile.of(spool, options.limits(), options.format(), () -> keep(claim));
      return switch (claims.holds(claim, sha256, checked.lines(), paths::contains)) {
        case Content.Read(long next) -> handIn(claim, checked, next);
        case Content.Replayed(long id, String path) -> {
          LOG.debug("file {} has the bytes of file {}, {}", claim.id(), id, path);
          claims.replayed(claim, sha256, checked.lines(), id);
          yield FileClaim.State.REPLAYED;
        }
        case Content.Busy busy -> FileClaim.State.CLAIMED;
      };
    } catch (FileRefused e) {
      LOG.warn("source {}: file {} is refused: {}", source.name(), claim.id(), e.reason());
      claims.failed(claim, e.reason());
      return FileClaim.State.FAILED;
    }
  }

  private FileClaim.State handIn(FileClaim claim, CheckedFile checked, long next)
      throws IOException, SQLException {
    FileFlow flow = new FileFlow(source, claims, claim, counters, options.times().drain());
    if (flow.run(checked, next, () -> wanted) != FileFlow.End.DONE) {
      return FileClaim.State.READING;
    }
    claims.done(claim);
    return FileClaim.State.DONE;
  }

  /** A claim that is lost shows when its progress is to be stored. */
  private void keep(FileClaim claim) {
    long now = System.nanoTime();
    if (now - renewedAt > SourceFiles.RENEWAL.toNanos()) {
      renewedAt = now;
      try {
        claims.renew(claim);
      } catch (SQLException e) {
        LOG.debug("file {}: its claim can't be renewed now", claim.id(), e);
      }
    }
  }

  /** Its last look at the folder that all readers share; null where it has not looked. */
  @Nullable Look looked() {
    return looked;
  }

  @Override
  public boolean isConnected() {
    SftpServer server = current;
    return server != null && server.isOpen();
  }

  @Override
  public boolean isPressed() {
    return counters.isBusy();
  }

  @Override
  public SourceState.Slot state() {
    boolean connected = isConnected();
    return counters.state(number, wanted, connected, connected);
  }
}
