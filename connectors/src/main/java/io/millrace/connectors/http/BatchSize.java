package io.millrace.connectors.http;

/** How many elements a JSON array has, without reading them: for a bound on what is taken in. */
public final class BatchSize {
  private BatchSize() {}

  /**
   * Counts the commas between the elements of the outermost array; of text that is no JSON it
   * counts what a codec would look at.
   *
   * @param most where it stops to count
   * @return the number of elements, or {@code most + 1} where there are more
   */
  public static int of(byte[] json, int most) {
    int depth = 0;
    int elements = 1;
    boolean inString = false;
    for (int i = 0; i < json.length; i++) {
      byte b = json[i];
      if (inString) {
        if (b == '\\') {
          i++;
        } else if (b == '"') {
          inString = false;
        }
      } else if (b == '"') {
        inString = true;
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        depth--;
      } else if (b == ',' && depth <= 1 && ++elements > most) {
        return elements;
      }
    }
    return elements;
  }
}
