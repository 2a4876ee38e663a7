package io.millrace.tests.bench;

import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.sftp.SftpSourceComponent;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.store.Database;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.tests.sources.EmbeddedSftp;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * Files of a minute each, from an SFTP server on this machine to charges on disk: claimed, copied,
 * checked, decoded, rated, committed and moved away. Server, source, shards and database share the
 * machine.
 */
final class SftpBench implements Step {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final int MINUTES = 5;
  private static final int TENANT = 1;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final Goal GOAL = Goal.atLeast(200_000);

  @Override
  public String name() {
    return "sftp";
  }

  @Override
  public String what() {
    return "the SFTP source, from files to charges on disk; a file a minute, a line a report";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 11);
    try (Site.Scratch scratch = site.scratch("sftp");
        Engine engine = Engine.start(scratch.url(), lamps, 1);
        Database database = Database.open(scratch.url(), EmbeddedDatabase.USER, "", 4);
        EmbeddedSftp server = EmbeddedSftp.start(site.folder("sftp"));
        CamelContext context = new DefaultCamelContext()) {
      SftpSourceComponent.install(
          context, new SourceFiles(database.pool(), TENANT, "bench"), new SourceRegistry());
      context.addRoutes(route(server, site.folder("spool"), engine));
      context.start();
      int files = 0;
      for (int run = -1; run < site.scale().runs(); run++) {
        Figures noted = run < 0 ? new Figures() : figures; // The first one warms up.
        for (boolean packed : new boolean[] {false, true}) {
          files = round(site, lamps, engine, server, packed, files, noted);
        }
      }
      engine.checkAllCharged();
    }
  }

  private static RouteBuilder route(EmbeddedSftp server, Path spool, Engine engine) {
    String uri =
        "sftp:127.0.0.1:%d?source=bench&user=%s&passwordFile=%s&folder=%s&knownHosts=%s&spool=%s"
            .formatted(
                server.port(),
                EmbeddedSftp.USER,
                server.passwordFile(),
                EmbeddedSftp.FOLDER,
                server.knownHosts(),
                spool);
    return new RouteBuilder() {
      @Override
      public void configure() {
        from(uri + "&settle=0&poll=20")
            .errorHandler(noErrorHandler())
            .process(engine.usage(Engine.IN_FLIGHT));
      }
    };
  }

  private static int round(
      Site site,
      LampEvents lamps,
      Engine engine,
      EmbeddedSftp server,
      boolean packed,
      int before,
      Figures figures)
      throws Exception {
    lamps.next(Math.min(MINUTES, site.scale().minutes()));
    engine.expect(lamps);
    List<Path> files = write(lamps, site.folder("sftp"), packed);
    int after = before + files.size();
    Spent spent =
        Spent.on(
            site.cpu(),
            () -> {
              for (int i = 0; i < files.size(); i++) {
                Files.move(
                    files.get(i),
                    server.folder().resolve("minute-" + (before + i)),
                    StandardCopyOption.ATOMIC_MOVE);
              }
              awaitDone(server, after);
            });
    String what = packed ? "gzip" : "plain";
    figures.note(what + ": lines per second", "/s", GOAL, spent.perSecond(lamps.size()));
    figures.note(
        what + ": JVM, server included", "ns/line", (double) spent.jvmNanos() / lamps.size());
    figures.note(what + ": PostgreSQL", "ns/line", (double) spent.postgresNanos() / lamps.size());
    return after;
  }

  private static List<Path> write(LampEvents lamps, Path folder, boolean packed)
      throws IOException {
    List<Path> files = new ArrayList<>();
    for (int from = 0; from < lamps.size(); from += lamps.lamps()) {
      Path file = folder.resolve("unseen-" + from);
      try (OutputStream plain = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
          OutputStream out = packed ? new GZIPOutputStream(plain, 1 << 16) : plain) {
        for (int i = from; i < from + lamps.lamps(); i++) {
          out.write(lamps.payload(i));
          out.write('\n');
        }
      }
      files.add(file);
    }
    return files;
  }

  private static void awaitDone(EmbeddedSftp server, int files) throws IOException {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (server.names("done").size() < files) {
      if (System.nanoTime() - until > 0) {
        throw new IllegalStateException("only " + server.names("done").size() + " files are done");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }
}
