using System.Text;

namespace Harbor.Modules.Identity;

/// <summary>CRC-32 as in ISO 3309: what Harbor leaves of a forgotten user's name. It hides nothing from whoever can guess the name.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    public static string Hex(string text)
    {
        var crc = uint.MaxValue;
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            }
        }

        return (~crc).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }
}
