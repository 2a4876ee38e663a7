package io.millrace.tests.crash;

import io.millrace.connectors.files.FoundFile;
import io.millrace.connectors.files.SourceFiles;
import io.millrace.tests.sources.EmbeddedSftp;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** A folder of an SFTP server: a few files at a time, every other one packed. */
final class SftpWire implements Wire {
  private static final int LINES = 400;

  private final EmbeddedSftp server;
  private final Supplier<SourceFiles> stranger;
  private int files;
  private boolean strangerComes;

  /**
   * Starts it.
   *
   * @param stranger a node beside the gateway's, once there is a tenant
   */
  SftpWire(Path folder, Supplier<SourceFiles> stranger) throws Exception {
    server = EmbeddedSftp.start(folder);
    this.stranger = stranger;
  }

  @Override
  public String route() {
    return "sftp-lamps.camel.yaml";
  }

  @Override
  public Map<String, String> properties() {
    return Map.of(
        "sftp.host", "127.0.0.1",
        "sftp.port", Integer.toString(server.port()),
        "sftp.knownHosts", server.knownHosts().toAbsolutePath().toString(),
        "sftp.user", EmbeddedSftp.USER,
        "sftp.passwordFile", server.passwordFile().toAbsolutePath().toString());
  }

  @Override
  public void publish(List<byte[]> payloads) throws Exception {
    List<byte[]> left = new ArrayList<>(payloads);
    while (!left.isEmpty()) {
      List<byte[]> some = left.subList(0, Math.min(LINES, left.size()));
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (byte[] each : some) {
        text.write(each);
        text.write('\n');
      }
      some.clear();
      files++;
      boolean packed = files % 2 == 0;
      put("lamps-" + files + (packed ? ".jsonl.gz" : ".jsonl"), packed ? gzip(text) : text);
    }
  }

  private void put(String name, ByteArrayOutputStream bytes) throws Exception {
    if (strangerComes) {
      strangerComes = false;
      Path unseen = Files.write(server.folder().resolve(name + ".tmp"), bytes.toByteArray());
      FoundFile file =
          new FoundFile(
              EmbeddedSftp.FOLDER + "/" + name,
              Files.size(unseen),
              Files.getLastModifiedTime(unseen).to(TimeUnit.SECONDS));
      if (stranger.get().reader("lamps", 0).claim(file).isEmpty()) {
        throw new AssertionError("the stranger got no claim");
      }
      Files.move(unseen, server.folder().resolve(name));
    } else {
      server.put(name, bytes.toByteArray());
    }
  }

  private static ByteArrayOutputStream gzip(ByteArrayOutputStream text) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      text.writeTo(gzip);
    }
    return out;
  }

  @Override
  public void stop() throws Exception {
    server.stop();
  }

  @Override
  public void restart() throws Exception {
    server.restart();
  }

  /** The next file is claimed by a reader of which nothing is heard again. */
  @Override
  public void comeAndDie() {
    strangerComes = true;
  }

  @Override
  public boolean isAcknowledged(long published) throws Exception {
    return server.names("").isEmpty() && server.names("done").size() == files;
  }

  @Override
  public void close() throws Exception {
    server.close();
  }
}
