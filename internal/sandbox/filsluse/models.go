package filsluse

// The models of the vendor's document, with the fields we fill in. Names and
// types are its own, also where they differ between models.

type tokenModel struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
}

type tokenError struct {
	Error        string                `json:"error"`
	Code         int                   `json:"error_code,omitempty"`
	Description  string                `json:"error_description,omitempty"`
	MFAToken     string                `json:"mfa_access_token,omitempty"`
	Methods      *mfaMethods           `json:"mfa_supported_methods,omitempty"`
	Requirements *passwordRequirements `json:"password_requirements,omitempty"`
	User         *signonUser           `json:"user,omitempty"`
}

type mfaMethods struct {
	App   bool `json:"is_mfa_authenticator_enabled"`
	Email bool `json:"is_mfa_email_enabled"`
}

type passwordRequirements struct {
	MinimumLength  int    `json:"minimum_length"`
	UsernameMatch  string `json:"username_match_requirement"`
	LettersNumbers bool   `json:"require_letters_numbers"`
	NoDictionary   bool   `json:"no_dictionary_words"`
	MixedCase      bool   `json:"require_mixed_case"`
	NonAlnum       bool   `json:"require_non_alphanumeric"`
}

type signonUser struct {
	OrgID int `json:"org_id"`
}

type message struct {
	Message string `json:"message"`
}

type errorModel struct {
	Title  string       `json:"title"`
	Detail string       `json:"detail"`
	Code   int          `json:"errorCode"`
	Errors []fieldError `json:"errors,omitempty"`
}

type fieldError struct {
	Field    string `json:"field"`
	Rejected string `json:"rejected"`
	Message  string `json:"message"`
}

type otpModel struct {
	User struct {
		MaskedEmail string `json:"masked_email"`
	} `json:"user"`
}

type paging struct {
	Page       int   `json:"page"`
	PerPage    int   `json:"perPage"`
	TotalItems int64 `json:"totalItems"`
	TotalPages int   `json:"totalPages"`
}

type sortedBy struct {
	Field     string `json:"sortField"`
	Direction string `json:"sortDirection"`
}

type fileModel struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Path     string  `json:"path"`
	Size     int64   `json:"size"`
	Stamp    *string `json:"uploadStamp"`
	Uploader string  `json:"uploadUsername"`
	FolderID int     `json:"folderID"`
	IsNew    bool    `json:"isNew"`
	// Extra is a field that a later release might add.
	Extra *extra `json:"retentionHint,omitempty"`
}

type extra struct {
	Days int `json:"days"`
}

type fileDetails struct {
	fileModel
	OrgID            string `json:"orgID"`
	OriginalFilename string `json:"originalFilename"`
	OriginalType     string `json:"originalFileType"`
	CurrentType      string `json:"currentFileType"`
	Comment          string `json:"uploadComment"`
	IP               string `json:"uploadIP"`
	AgentBrand       string `json:"uploadAgentBrand"`
	AgentVersion     string `json:"uploadAgentVersion"`
	Integrity        int    `json:"uploadIntegrity"`
	DLPChecked       bool   `json:"dlpChecked"`
	DLPMeta          int    `json:"dlpMetaData"`
	DLPViolation     string `json:"dlpViolation"`
	DLPBlocked       bool   `json:"dlpBlocked"`
	UploaderName     string `json:"uploadUserFullName"`
	Downloads        int    `json:"downloadCount"`
	Hash             string `json:"hash"`
}

type filePage struct {
	Timestamp string      `json:"currentTimestamp,omitempty"`
	Items     []fileModel `json:"items"`
	Paging    paging      `json:"paging"`
	Sorting   []sortedBy  `json:"sorting"`
}

type userModel struct {
	ID               string  `json:"id"`
	OrgID            int     `json:"orgID"`
	Username         string  `json:"username"`
	FullName         string  `json:"fullName"`
	Email            string  `json:"email"`
	EmailFormat      string  `json:"emailFormat"`
	Permission       string  `json:"permission"`
	Status           string  `json:"status"`
	StatusNote       string  `json:"statusNote"`
	Notes            string  `json:"notes"`
	AuthMethod       string  `json:"authMethod"`
	Language         string  `json:"language"`
	Notification     string  `json:"receivesNotification"`
	ForceChange      bool    `json:"forceChangePassword"`
	PasswordChanged  *string `json:"passwordChangeStamp"`
	LastLogin        *string `json:"lastLoginStamp"`
	HomeFolderID     int64   `json:"homeFolderID"`
	DefaultFolderID  int64   `json:"defaultFolderID"`
	FolderQuota      int64   `json:"folderQuota"`
	TotalFileSize    int64   `json:"totalFileSize"`
	ExpirationPolicy int     `json:"expirationPolicyID"`
	Display          display `json:"displaySettings"`
}

type display struct {
	Users int `json:"userListPageSize"`
	Files int `json:"fileListPageSize"`
	Live  int `json:"liveViewPageSize"`
}

type folderModel struct {
	ID            int         `json:"id"`
	ParentID      int         `json:"parentId"`
	OrgID         int         `json:"orgId"`
	Name          string      `json:"name"`
	Path          string      `json:"path"`
	Owner         string      `json:"owner"`
	Type          string      `json:"folderType"`
	SystemType    string      `json:"systemType"`
	CleanType     string      `json:"cleanType"`
	CleanTimeDays int         `json:"cleanTimeDays"`
	NewTime       int         `json:"newTime"`
	Shared        bool        `json:"isShared"`
	Changed       *string     `json:"lastContentChangeTime"`
	Permission    permissions `json:"permission"`
	Subfolders    int         `json:"subfolderCount"`
	FileCount     *int        `json:"totalFileCount,omitempty"`
	FilesSize     *int64      `json:"totalFilesSize,omitempty"`
}

type permissions struct {
	ListSubfolders bool `json:"canListSubfolders"`
	AddSubfolders  bool `json:"canAddSubfolders"`
	ChangeSettings bool `json:"canChangeSettings"`
	Delete         bool `json:"canDelete"`
	ListFiles      bool `json:"canListFiles"`
	ReadFiles      bool `json:"canReadFiles"`
	WriteFiles     bool `json:"canWriteFiles"`
	DeleteFiles    bool `json:"canDeleteFiles"`
	Share          bool `json:"canShare"`
}

type orgModel struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	ShortName       string `json:"shortName"`
	Language        string `json:"language"`
	Locale          string `json:"formattingLocale"`
	Banner          string `json:"securityBanner"`
	Notice          string `json:"securityNotice"`
	NoticeStamp     string `json:"securityNoticeStamp"`
	NoticeRequired  string `json:"securityNoticeRequired"`
	TechName        string `json:"techName"`
	TechEmail       string `json:"techEmail"`
	PasswordRequest bool   `json:"allowPassChangeRequests"`
	BaseURL         string `json:"baseURL"`
	TrustDevice     bool   `json:"mfaTrustDeviceEnabled"`
	SSO             string `json:"ssoAuthMode"`
}
