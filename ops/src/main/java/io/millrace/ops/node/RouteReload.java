package io.millrace.ops.node;

import io.millrace.catalog.Problem;
import io.millrace.routes.check.RouteCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the source routes of a folder follow its files while the node runs. A file is acted on once
 * it has been the same for two looks, keeps the rules, and was brought up in a context of its own;
 * one that fails changes nothing that runs, and says why. The look runs on one thread.
 */
final class RouteReload implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);
  private static final long LOOK_MILLIS = 1_000;
  private static final long STOP_SECONDS = 40;

  /** What routes are brought up in and taken out of. */
  interface Host {
    /**
     * Brings a route up where nothing of it can do anything.
     *
     * @return its id
     * @throws Exception where it would not come up
     */
    String rehearse(Path file, byte[] route) throws Exception;

    /** Loads and starts it; throws where it does not start, and leaves nothing of it then. */
    void load(Routes.SourceFile route) throws Exception;

    /** Stops a route, after what is in flight, and forgets it. */
    void unload(String id) throws Exception;

    /** Told when the routes that run are others. */
    void changed();
  }

  /** Bytes that were not loaded, and why. */
  private record Refused(byte[] bytes, String why) {}

  private final Path folder;
  private final Host host;
  private final Map<Path, Routes.SourceFile> running = new TreeMap<>();
  private final Map<Path, byte[]> seen = new TreeMap<>();
  private final Map<Path, Refused> refused = new TreeMap<>();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("millrace-routes").daemon().factory());
  private boolean complained;

  /**
   * A reload that has not begun.
   *
   * @param loaded the files that run
   */
  RouteReload(Path folder, Host host, List<Routes.SourceFile> loaded) {
    this.folder = folder;
    this.host = host;
    loaded.forEach(each -> running.put(each.file(), each));
  }

  /** Begins to look. */
  void start() {
    looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Files that are not loaded, each with its reason. */
  synchronized List<String> refused() {
    List<String> all = new ArrayList<>();
    refused.forEach((file, r) -> all.add(r.why));
    return all;
  }

  /** Looks once. */
  synchronized void look() {
    try {
      List<Path> files = Routes.sourceFiles(folder);
      complained = false;
      refused.keySet().retainAll(files);
      seen.keySet().retainAll(files);
      for (Path gone : running.keySet().stream().filter(f -> !files.contains(f)).toList()) {
        remove(gone);
      }
      for (Path file : files) {
        look(file, Files.readAllBytes(file));
      }
    } catch (IOException e) {
      if (!complained) {
        complained = true;
        LOG.warn("the routes in {} can't be read, and stay as they are: {}", folder, e.toString());
      }
    } catch (RuntimeException e) {
      LOG.error("the routes in {} stay as they are", folder, e);
    }
  }

  private void look(Path file, byte[] bytes) {
    Routes.SourceFile old = running.get(file);
    byte[] before = seen.put(file, bytes);
    if (old != null && Arrays.equals(old.bytes(), bytes)) {
      refused.remove(file);
      return;
    }
    // Half of a file that is being written is not looked at.
    boolean settled = before != null && Arrays.equals(before, bytes);
    Refused last = refused.get(file);
    if (settled && (last == null || !Arrays.equals(last.bytes, bytes))) {
      refused.remove(file);
      replace(file, bytes, old);
    }
  }

  private void replace(Path file, byte[] bytes, Routes.@Nullable SourceFile old) {
    List<Problem> problems = RouteCheck.file(file.toString(), bytes).errors();
    if (!problems.isEmpty()) {
      refuse(file, bytes, problems.getFirst().toString());
      return;
    }
    String id;
    try {
      id = host.rehearse(file, bytes);
    } catch (Exception e) {
      refuse(file, bytes, file + ": does not come up: " + cause(e));
      return;
    }
    for (Map.Entry<Path, Routes.SourceFile> other : running.entrySet()) {
      if (other.getValue().id().equals(id) && !other.getKey().equals(file)) {
        refuse(file, bytes, file + ": route `" + id + "` is " + other.getKey() + "'s already");
        return;
      }
    }
    try {
      if (old != null) {
        host.unload(old.id());
        running.remove(file);
      }
      Routes.SourceFile fresh = new Routes.SourceFile(file, bytes, id);
      host.load(fresh);
      running.put(file, fresh);
    } catch (Exception e) {
      refuse(file, bytes, file + ": does not start: " + cause(e));
      if (old != null) {
        restore(file, old);
      }
    }
    host.changed();
  }

  private void restore(Path file, Routes.SourceFile old) {
    try {
      host.load(old);
      running.put(file, old);
    } catch (Exception e) {
      LOG.error("the route that {} had before does not start again either", file, e);
    }
  }

  private void remove(Path file) {
    Routes.SourceFile old = running.remove(file);
    try {
      if (old != null) {
        host.unload(old.id());
        host.changed();
      }
    } catch (Exception e) {
      LOG.error("the route of {} was not taken out", file, e);
    }
  }

  private void refuse(Path file, byte[] bytes, String why) {
    refused.put(file, new Refused(bytes, why));
    LOG.warn("a route is not loaded, what runs stays as it is: {}", why);
  }

  private static String cause(Throwable e) {
    Throwable at = e;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return String.valueOf(at.getMessage()).lines().findFirst().orElse(at.toString());
  }

  @Override
  public void close() {
    looks.shutdown();
    try {
      // A route that is being stopped ends first: two that stop routes at once wait for each other.
      looks.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
