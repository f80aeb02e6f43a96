# Delays frames where the kernel has no netem: perl delay.pl MILLISECONDS MARK TAP LINK [TAP LINK]...
# Makes each TAP, says "ready", then sends every frame that the kernel puts into TAP out of LINK, MILLISECONDS later and
# marked MARK, so that the rule which led it here lets it pass. Only built-in functions: Debian's essential perl-base has no more.
use strict;
use warnings;

my ($AF_PACKET, $SOCK_RAW, $SOL_SOCKET, $SO_MARK) = (17, 3, 1, 36);
my ($TUNSETIFF, $SIOCGIFINDEX, $IFF_TAP_NO_PI) = (0x400454ca, 0x8933, 0x1002);
my ($CLOCK_GETTIME, $CLOCK_MONOTONIC) = (228, 1);

my ($milliseconds, $mark, @pairs) = @ARGV;
my $delay = $milliseconds / 1000;

sub now {
    my $time = pack("q2", 0, 0);
    syscall($CLOCK_GETTIME, $CLOCK_MONOTONIC, $time) == 0 or die "clock: $!\n";
    my ($seconds, $nanoseconds) = unpack("q2", $time);
    return $seconds + $nanoseconds / 1e9;
}

my (@taps, @links);
while (my ($tap, $link) = splice(@pairs, 0, 2)) {
    open(my $in, "+<", "/dev/net/tun") or die "/dev/net/tun: $!\n";
    ioctl($in, $TUNSETIFF, my $wish = pack("a16 S x22", $tap, $IFF_TAP_NO_PI)) or die "$tap: $!\n";
    socket(my $out, $AF_PACKET, $SOCK_RAW, 0) or die "packet socket: $!\n";
    my $request = pack("a16 i x20", $link, 0);
    ioctl($out, $SIOCGIFINDEX, $request) or die "$link: $!\n";
    my $index = unpack("x16 i", $request);
    bind($out, pack("S n i S C C a8", $AF_PACKET, 0, $index, 0, 0, 0, "")) or die "$link: $!\n";
    setsockopt($out, $SOL_SOCKET, $SO_MARK, pack("i", $mark)) or die "mark: $!\n";
    push @taps, $in;
    push @links, $out;
}

$| = 1;
print "ready\n";

my @queue;    # [due, link, frame], oldest first: all wait the same time
while (1) {
    my $bits = "";
    vec($bits, fileno($_), 1) = 1 for @taps;
    my $wait = @queue ? $queue[0][0] - now() : undef;
    $wait = 0 if defined $wait && $wait < 0;
    my $found = select($bits, undef, undef, $wait);
    if ($found > 0) {
        for my $at (0 .. $#taps) {
            next unless vec($bits, fileno($taps[$at]), 1);
            my $read = sysread($taps[$at], my $frame, 65_536);
            die "tap: $!\n" unless defined $read;
            # As a real link does, it drops what is more than it can hold.
            push @queue, [ now() + $delay, $links[$at], $frame ] if @queue < 20_000;
        }
    }
    my $time = now();
    while (@queue && $queue[0][0] <= $time) {
        my ($due, $link, $frame) = @{ shift @queue };
        send($link, $frame, 0);    # A machine that is being unplugged loses its frames.
    }
}
