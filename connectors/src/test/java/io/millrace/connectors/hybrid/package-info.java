@NullMarked
package io.millrace.connectors.hybrid;

import org.jspecify.annotations.NullMarked;
