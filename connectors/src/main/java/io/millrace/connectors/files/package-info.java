/**
 * Files as a source, whatever brings them: a claim in the database, a copy that is checked whole
 * before its first line is used, lines, and how far they have come. A file is one identity by its
 * content: what was read once is not read again under another name.
 */
@NullMarked
package io.millrace.connectors.files;

import org.jspecify.annotations.NullMarked;
