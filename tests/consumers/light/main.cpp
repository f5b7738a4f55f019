#include "mood.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  mood film(argv[1]);
  return film.is_good("A gripping, beautifully shot film.") && !film.is_good("A dull, clumsy mess.") ? 0 : 1;
}
