/** Usage that clients post: a source whose acknowledgement is the answer. Knows no HTTP server. */
@NullMarked
package io.millrace.connectors.http;

import org.jspecify.annotations.NullMarked;
