@NullMarked
package io.millrace.connectors.replay;

import org.jspecify.annotations.NullMarked;
