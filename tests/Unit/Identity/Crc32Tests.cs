using Harbor.Modules.Identity;
using Xunit;

namespace Harbor.Unit.Identity;

public sealed class Crc32Tests
{
    // The first is the check value that catalogues of CRCs give; the others were made with Python's zlib.
    [Theory]
    [InlineData("123456789", "cbf43926")]
    [InlineData("", "00000000")]
    [InlineData("ann@example.com", "725bd90e")]
    public void A_checksum_is_that_of_ISO_3309(string text, string hex) => Assert.Equal(hex, Crc32.Hex(text));
}
