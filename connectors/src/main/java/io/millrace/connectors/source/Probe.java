package io.millrace.connectors.source;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what a source needs, one thing after the other, and stops at the first that isn't as it
 * should be: what follows would only fail for the same reason. Takes nothing in.
 */
public final class Probe {
  private static final Logger LOG = LoggerFactory.getLogger(Probe.class);

  /** How long one thing may take to answer. */
  public static final Duration ANSWER = Duration.ofSeconds(5);

  private final List<SourceCheck> checks = new ArrayList<>();
  private boolean failed;

  /** What is done to look at one thing. */
  @FunctionalInterface
  public interface Look {
    /**
     * Looks.
     *
     * @return what was found, where it is as it should be
     * @throws Exception where it isn't
     */
    String at() throws Exception;
  }

  /**
   * Looks at one thing, unless an earlier one has failed.
   *
   * @param fix what to do where it fails
   */
  public Probe check(String name, String fix, Look look) {
    if (failed) {
      return this;
    }
    try {
      checks.add(SourceCheck.good(name, look.at()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(name, "interrupted; ask again");
    } catch (Exception e) {
      LOG.debug("{} was not found as it should be", name, e);
      fail(name, cause(e) + "; " + fix);
    }
    return this;
  }

  /** Whether a host listens on a port. */
  public Probe host(String host, int port) {
    return check(
        "host",
        "is the broker up, and is this the right address?",
        () -> {
          try (Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
              throw new UnknownHostException(host);
            }
            socket.connect(address, (int) ANSWER.toMillis());
            return host + ":" + port + " listens";
          } catch (UnknownHostException e) {
            throw new IOException("no host is called " + host, e);
          } catch (IOException e) {
            throw new IOException(host + ":" + port + ": " + e.getMessage(), e);
          }
        });
  }

  private void fail(String name, String says) {
    failed = true;
    checks.add(SourceCheck.bad(name, says));
  }

  /** The innermost cause that says something: what a client wraps around it seldom does. */
  private static String cause(Throwable e) {
    String said = e.getClass().getSimpleName();
    for (Throwable at = e; at != null; at = at.getCause()) {
      String message = at.getMessage();
      if (message != null && !message.isBlank()) {
        said = message.strip().lines().findFirst().orElse(said);
      }
    }
    return said;
  }

  /** What was found, in the order in which it was looked at. */
  public List<SourceCheck> checks() {
    return List.copyOf(checks);
  }
}
