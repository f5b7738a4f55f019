#!/usr/bin/env bash
# debian_clean_root.sh DIRECTORY ROOT TREE: its .deb, by apt and with its dependencies, in a copy of a clean Debian's ROOT;
# there the tool runs, and TREE's consumer is compiled by the installed headers. Needs root's rights and a package mirror.
set -euo pipefail
cd "$1"
package=$(basename ./*.deb) base=$2 tree=$3
copy=$PWD/clean
trap 'umount -q "$copy/proc" || true; umount -q "$copy" || true; rm -rf "$copy" "$copy".work "$copy".upper' EXIT
mkdir -p "$copy" "$copy".tmp
if ! { mkdir -p "$copy".upper "$copy".work &&
       mount -t overlay overlay -o "lowerdir=$base,upperdir=$copy.upper,workdir=$copy.work" "$copy" 2>/dev/null; }; then
  cp -a "$base/." "$copy"
fi
rmdir "$copy".tmp
mount -t proc proc "$copy/proc"
cp /etc/resolv.conf "$copy/etc/" 2>/dev/null || true
cp "$package" "$tree/tests/consumers/label.cpp" "$copy/mnt/"
inside() { chroot "$copy" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ DEBIAN_FRONTEND=noninteractive "$@"; }
listed() { (cd "$copy" && find usr -path '*distilbert*') || true; }

[ -z "$(listed)" ] || { echo "the root is not clean: $(listed | head -n 1)"; exit 1; }
inside apt-get update -q
inside apt-get install -q -y --no-install-recommends "/mnt/$package"
[ "$(inside distilbert classify "A gripping, beautifully shot film." | cut -f 1)" = POSITIVE ]
inside apt-get install -q -y --no-install-recommends g++ pkg-config libxsimd-dev nlohmann-json3-dev
inside sh -euc 'g++ -std=c++20 -O0 /mnt/label.cpp $(pkg-config --cflags --libs distilbert) -o /mnt/label
  /mnt/label /usr/share/distilbert/models/sst2-mini'
inside apt-get purge -q -y distilbert
[ -z "$(listed)" ] || { echo "left behind: $(listed | head -n 5)"; exit 1; }
