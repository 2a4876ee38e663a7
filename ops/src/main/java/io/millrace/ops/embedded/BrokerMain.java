package io.millrace.ops.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * The embedded broker as a process of its own: {@code BrokerMain FOLDER [PORT [SAFETY]]}. Prints
 * {@code ready PORT} once it listens, and runs until it is told to end.
 */
public final class BrokerMain {
  private BrokerMain() {}

  /** Runs it; exits with 2 for bad arguments and 3 where it can't start. */
  public static void main(String[] args) throws InterruptedException {
    if (args.length < 1 || args.length > 3) {
      System.err.println("usage: BrokerMain FOLDER [PORT [power-cut|process-death]]");
      System.exit(2);
    }
    try {
      int port = args.length > 1 ? Integer.parseInt(args[1]) : 0;
      BrokerSafety safety =
          args.length > 2
              ? BrokerSafety.valueOf(args[2].toUpperCase(Locale.ROOT).replace('-', '_'))
              : BrokerSafety.POWER_CUT;
      EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), port, safety);
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-stop"));
      System.out.println("ready " + broker.port());
      System.out.flush();
      new CountDownLatch(1).await();
    } catch (IllegalArgumentException e) {
      System.err.println("BrokerMain: " + e.getMessage());
      System.exit(2);
    } catch (IOException e) {
      System.err.println("BrokerMain: " + e.getMessage());
      System.exit(3);
    }
  }
}
