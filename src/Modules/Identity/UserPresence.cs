using Harbor.Modules.Configuration;
using Harbor.Platform.Data;

namespace Harbor.Modules.Identity;

internal sealed class UserPresence(Database database) : IUserPresence
{
    public async Task<bool> HaveUsersAsync(CancellationToken ct)
    {
        await using var command = database.Command("SELECT EXISTS (SELECT FROM harbor_user WHERE id <> $1 AND NOT deleted)").With(User.AdminId);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }
}
