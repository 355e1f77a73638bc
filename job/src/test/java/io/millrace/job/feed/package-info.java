@NullMarked
package io.millrace.job.feed;

import org.jspecify.annotations.NullMarked;
