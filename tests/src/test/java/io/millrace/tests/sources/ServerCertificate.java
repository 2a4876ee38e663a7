package io.millrace.tests.sources;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A server's key and the certificate that it signed itself, for one name and no other. */
final class ServerCertificate {
  static final String PASSWORD = "changeit";

  private ServerCertificate() {}

  /**
   * Writes {@code cert.pem} and {@code key.pem}, with the JDK's own tool; gives the key store.
   *
   * @param name of the host
   */
  static KeyStore write(Path folder, String name) throws IOException {
    Path store = folder.resolve("server.p12");
    String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    try {
      Process keytool =
          new ProcessBuilder(
                  tool,
                  "-genkeypair",
                  "-keystore",
                  store.toString(),
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD,
                  "-alias",
                  "server",
                  "-keyalg",
                  "EC",
                  "-groupname",
                  "secp256r1",
                  "-dname",
                  "CN=" + name,
                  "-ext",
                  "SAN=dns:" + name)
              .inheritIO()
              .start();
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool ended with " + keytool.exitValue());
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD.toCharArray());
      }
      Files.writeString(
          folder.resolve("cert.pem"),
          pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
      Files.writeString(
          folder.resolve("key.pem"),
          pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded()));
      return keys;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String pem(String what, byte[] der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
  }
}
