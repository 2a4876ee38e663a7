package io.millrace.connectors.sftp;

import io.millrace.connectors.source.Probe;
import io.millrace.connectors.source.SourceCheck;
import java.io.IOException;
import java.util.List;

/** Tries a server with a connection of its own, which lists the folder and touches no file. */
final class SftpProbe {
  private SftpProbe() {}

  static List<SourceCheck> checks(SftpSourceOptions options) {
    SftpServer[] server = new SftpServer[1];
    Probe probe =
        new Probe()
            .host(options.server().host(), options.server().port())
            .check(
                "login",
                "check the host key, the user, and the password or key file",
                () -> {
                  server[0] = connect(options);
                  return "as " + options.login().user() + ", with the host key that is known";
                });
    try {
      return probe
          .check(
              "folder",
              "check the folder's name, and whether the user may read it",
              () -> {
                int files =
                    server[0].list(n -> options.names().matcher(n).matches(), () -> {}).size();
                return options.folders().in() + " may be read: " + files + " files wait";
              })
          .checks();
    } finally {
      if (server[0] != null) {
        server[0].close();
      }
    }
  }

  /** What the server's connection says is for an operator; what is beneath it is not. */
  private static SftpServer connect(SftpSourceOptions options) throws IOException {
    try {
      return SftpServer.connect(options);
    } catch (IOException e) {
      IOException told = new IOException(e.getMessage());
      told.addSuppressed(e);
      throw told;
    }
  }
}
