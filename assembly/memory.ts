/** First byte free for the caller: static tables lie below. */
export function heapBase(): usize {
  return __heap_base;
}
