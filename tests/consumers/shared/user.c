#include <stdio.h>

int sentiment_of(const char* directory, const char* text);

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const int good = sentiment_of(argv[1], "A gripping, beautifully shot film.");
  const int bad = sentiment_of(argv[1], "A dull, clumsy and endless mess.");
  printf("%d %d\n", good, bad);
  return good == 1 && bad == -1 ? 0 : 1;
}
