package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.ops.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator has the books added up, and is told what does not hold. */
class BooksFacesTest {
  private record Ran(int code, String said) {}

  private static Ran ran(TestNode node, String... arguments) {
    StringWriter said = new StringWriter();
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--url";
    all[arguments.length + 1] = node.running().url();
    int code = Millrace.commandLine(new PrintWriter(said), new PrintWriter(said)).execute(all);
    return new Ran(code, said.toString());
  }

  @Test
  void booksThatHold_andMoneyThatNobodyAskedFor(@TempDir Path folder) throws Exception {
    try (TestNode node = TestNode.start(folder, 1)) {
      assertEquals(0, ran(node, "account", "open", "anna", "--prepaid").code);
      assertEquals(0, ran(node, "account", "top-up", "anna", "5").code);
      Ran sound = ran(node, "books");
      assertEquals(0, sound.code, sound.said);
      for (Books.Check check : Books.Check.values()) {
        assertTrue(sound.said.contains(check.code()), check.code());
      }
      try (Connection c = node.running().node().database().pool().getConnection();
          Statement s = c.createStatement()) {
        s.execute("set session_replication_role = replica");
        assertEquals(1, s.executeUpdate("update account_change set amount = amount + 1"));
        s.execute("reset session_replication_role");
      }
      Ran damaged = ran(node, "books");
      assertEquals(1, damaged.code, damaged.said);
      Map<String, Object> told = TestNode.tree(node.get("/ops/books"));
      assertEquals(false, told.get("holds"));
      List<String> broken =
          TestNode.list(told, "checks").stream()
              .filter(c -> c.get("holds").equals(false))
              .map(c -> c.get("check") + " " + c.get("violations"))
              .toList();
      assertEquals(List.of("deposits-are-changes 1", "changes-are-asked-for 1"), broken);
      assertTrue(ran(node, "books", "--json").said.matches("(?s).*\"holds\" ?: ?false.*"));
    }
  }
}
